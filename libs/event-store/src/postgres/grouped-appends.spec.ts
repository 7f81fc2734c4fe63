import { describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable, type AppendOutcome, type StreamAppend } from '../event-store.js';
import { GroupedAppends } from './grouped-appends.js';

const appendOf = (stream: string): StreamAppend => ({ stream, expectedRevision: -1n, events: [] });
const at = { commit: 1n, prepare: 1n };

/** Writes nothing, and notes the streams of each statement; those in `broken` are refused by `error`. */
function grouped(broken: readonly string[] = [], error: Error = new Error('refused')) {
  const statements: string[][] = [];
  const appends = new GroupedAppends(async (given) => {
    const streams = given.map(({ stream }) => stream);
    statements.push(streams);
    await new Promise((resolve) => setImmediate(resolve));
    if (streams.some((stream) => broken.includes(stream))) throw error;
    return given.map(({ stream }): AppendOutcome => ({ kind: 'appended', stream, revision: 0n, position: at }));
  });
  const streamsOf = async (...streams: readonly string[]): Promise<readonly string[]> =>
    (await appends.append(streams.map(appendOf))).map(({ stream }) => stream);
  return { statements, streamsOf };
}

describe('GroupedAppends', () => {
  it('writes what came together in one statement, and gives each call its own outcomes', async () => {
    const { statements, streamsOf } = grouped();
    const calls = [streamsOf('a', 'b'), streamsOf(), streamsOf('c')];
    expect(await Promise.all(calls)).toEqual([['a', 'b'], [], ['c']]);
    expect(statements).toEqual([['a', 'b', 'c']]);
  });

  it('writes what came while a statement ran in the next one, and a stream once in each', async () => {
    const { statements, streamsOf } = grouped();
    const first = streamsOf('a');
    await new Promise((resolve) => process.nextTick(resolve));
    const later = [streamsOf('b'), streamsOf('a'), streamsOf('c'), streamsOf('a', 'd')];
    await Promise.all([first, ...later]);
    expect(statements).toEqual([['a'], ['b', 'a', 'c'], ['a', 'd']]);
  });

  it('lets a call that is refused fail alone', async () => {
    const { statements, streamsOf } = grouped(['b']);
    const [a, b, c] = await Promise.allSettled([streamsOf('a'), streamsOf('b'), streamsOf('c')]);
    expect([a.status, b.status, c.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(statements).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']]);
  });

  it('tells all of an outcome that is unknown', async () => {
    const { statements, streamsOf } = grouped(['b'], new EventStoreUnavailable('connection lost'));
    const outcomes = await Promise.allSettled([streamsOf('a'), streamsOf('b')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(statements).toHaveLength(1);
    expect(await streamsOf('a')).toEqual(['a']);
  });
});
