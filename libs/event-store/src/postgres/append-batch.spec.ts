import { describe, expect, it } from '@jest/globals';
import { splitBySize, toOutcomes } from './append-batch.js';
import type { StreamAppend } from '../event-store.js';

const id = '00000000-0000-4000-8000-000000000000';
const sized = (stream: string, ...sizes: readonly number[]): StreamAppend => ({
  stream,
  expectedRevision: 4n,
  events: sizes.map((size) => ({ id, type: 'Noted', data: new Uint8Array(size) })),
});

describe('splitBySize', () => {
  it.each([
    ['nothing', [], []],
    ['all in one', [sized('a', 4), sized('b', 6)], [['a', 'b']]],
    ['a part is full', [sized('a', 4), sized('b', 7)], [['a'], ['b']]],
    ['never within a stream', [sized('a', 1), sized('b', 8, 8), sized('c', 1)], [['a'], ['b'], ['c']]],
    ['empty payloads', [sized('a', 0), sized('b', 0)], [['a', 'b']]],
  ])('%s', (_name, appends, expected) => {
    expect(splitBySize(appends, 10).map((part) => part.map(({ stream }) => stream))).toEqual(expected);
  });
});

describe('toOutcomes', () => {
  it('counts positions over what was appended, and nothing else', () => {
    const outcomes = toOutcomes(
      [sized('a', 1, 1), sized('b', 1), sized('c', 1), sized('d', 1)],
      [
        { stream_number: 0, actual_revision: null, known_position: 100n },
        { stream_number: 2, actual_revision: 9n, known_position: null },
        { stream_number: 3, actual_revision: 5n, known_position: 7n },
      ],
    );
    expect(outcomes).toEqual([
      { kind: 'appended', stream: 'a', revision: 6n, position: { commit: 102n, prepare: 102n } },
      { kind: 'conflict', stream: 'b', actualRevision: 9n },
      { kind: 'appended', stream: 'c', revision: 5n, position: { commit: 7n, prepare: 7n } },
      { kind: 'appended', stream: 'd', revision: 5n, position: { commit: 103n, prepare: 103n } },
    ]);
  });
});
