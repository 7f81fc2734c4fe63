import { describe, expect, it } from '@jest/globals';
import { appendOf, event, events, named } from './given.js';
import { InvalidAppend, LIMITS, NO_STREAM, START } from '../../event-store.js';
import type { EventStore, StreamAppend } from '../../event-store.js';

/** Conflicts, and what can never succeed. */
export function refusalContract(store: () => EventStore): void {
  describe('conflicts', () => {
    it.each([
      ['must not exist, but does', 2, NO_STREAM, 1n],
      ['behind', 3, 1n, 2n],
      ['ahead', 2, 5n, 1n],
      ['must exist, but does not', 0, 0n, NO_STREAM],
    ])('%s', async (_name, existing, expectedRevision, actualRevision) => {
      const stream = named();
      if (existing > 0) await store().append([appendOf(stream, NO_STREAM, events(existing))]);
      const outcomes = await store().append([appendOf(stream, expectedRevision, events(1))]);
      expect(outcomes).toEqual([{ kind: 'conflict', stream, actualRevision }]);
      expect(await store().streamRevision(stream)).toBe(actualRevision);
    });
  });

  describe('what can never succeed appends nothing', () => {
    const half = new Uint8Array(LIMITS.appendBytesMax / 2 + 1);
    const twice = event();
    it.each<[string, (stream: string) => StreamAppend[]]>([
      ['no events', (stream) => [appendOf(stream, NO_STREAM, [])]],
      ['a stream twice', (stream) => [appendOf(stream, NO_STREAM, events(1)), appendOf(stream, 0n, events(1))]],
      ['an event too large', (s) => [appendOf(s, NO_STREAM, [event(new Uint8Array(LIMITS.eventBytesMax + 1))])]],
      ['an append too large', (stream) => [appendOf(stream, NO_STREAM, [event(half), event(half)])]],
      ['an id twice', (stream) => [appendOf(stream, NO_STREAM, [twice, twice])]],
      ['an id that is no UUID', (stream) => [appendOf(stream, NO_STREAM, [{ ...event(), id: 'one' }])]],
      ['no type', (stream) => [appendOf(stream, NO_STREAM, [event('x', '')])]],
      ['a type too long', (stream) => [appendOf(stream, NO_STREAM, [event('x', 'T'.repeat(LIMITS.typeMax + 1))])]],
      ['no stream name', () => [appendOf('', NO_STREAM, events(1))]],
      ['a stream name too long', () => [appendOf('s'.repeat(LIMITS.streamNameMax + 1), NO_STREAM, events(1))]],
      ['a stream name with NUL', () => [appendOf('a\0b', NO_STREAM, events(1))]],
      ['half a surrogate pair', () => [appendOf('a\ud800', NO_STREAM, events(1))]],
      ['a revision below NO_STREAM', (stream) => [appendOf(stream, -2n, events(1))]],
    ])('%s', async (_name, appendsOf) => {
      const [stream, innocent, head] = [named(), named(), await store().head()];
      const appends = [appendOf(innocent, NO_STREAM, events(1)), ...appendsOf(stream)];
      await expect(store().append(appends)).rejects.toBeInstanceOf(InvalidAppend);
      expect(await store().head()).toEqual(head);
      expect(await store().streamRevision(innocent)).toBe(NO_STREAM);
    });

    it('a page that is empty or beyond the limit', async () => {
      await expect(store().readStream('any', { maxCount: 0 })).rejects.toBeInstanceOf(RangeError);
      await expect(store().readAll({ after: START, maxCount: LIMITS.readEventsMax + 1 })).rejects.toBeInstanceOf(
        RangeError,
      );
    });
  });
}
