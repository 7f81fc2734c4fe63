import { describe, expect, it } from '@jest/globals';
import { appendOf, event, events, named } from './given.js';
import { NO_STREAM } from '../../event-store.js';
import type { EventStore, NewEvent } from '../../event-store.js';

/** An append whose outcome was unknown is repeated. */
export function repetitionContract(store: () => EventStore): void {
  describe('a repeated append', () => {
    it('answers with the first result, also after later events, and appends nothing', async () => {
      const [stream, given] = [named(), events(2)];
      const first = await store().append([appendOf(stream, NO_STREAM, given)]);
      expect(await store().append([appendOf(stream, NO_STREAM, given)])).toEqual(first);
      await store().append([appendOf(stream, 1n, events(3))]);
      const head = await store().head();
      const upperCase = given.map((one) => ({ ...one, id: one.id.toUpperCase() }));
      expect(await store().append([appendOf(stream, NO_STREAM, given)])).toEqual(first);
      expect(await store().append([appendOf(stream, NO_STREAM, upperCase)])).toEqual(first);
      expect(await store().head()).toEqual(head);
    });

    it('is recognised in the middle of a stream, beside fresh appends', async () => {
      const [stream, fresh, middle] = [named(), named(), events(2)];
      await store().append([appendOf(stream, NO_STREAM, events(2))]);
      const [first] = await store().append([appendOf(stream, 1n, middle)]);
      await store().append([appendOf(stream, 3n, events(1))]);
      const outcomes = await store().append([appendOf(fresh, NO_STREAM, events(1)), appendOf(stream, 1n, middle)]);
      expect(outcomes).toMatchObject([{ kind: 'appended', stream: fresh, revision: 0n }, { ...first }]);
    });

    it.each<[string, (given: readonly NewEvent[]) => readonly NewEvent[]]>([
      ['longer than what is there', (given) => [...given, event()]],
      ['the first is new', (given) => [event(), ...given.slice(1)]],
      ['the last is new', (given) => [...given.slice(0, -1), event()]],
      ['in another order', (given) => given.toReversed()],
    ])('of which only a part is there is a conflict: %s', async (_name, change) => {
      const [stream, given] = [named(), events(3)];
      await store().append([appendOf(stream, NO_STREAM, given)]);
      const outcomes = await store().append([appendOf(stream, NO_STREAM, change(given))]);
      expect(outcomes).toEqual([{ kind: 'conflict', stream, actualRevision: 2n }]);
    });

    it('is another append in another stream', async () => {
      const given = events(1);
      const outcomes = await store().append([appendOf(named(), NO_STREAM, given), appendOf(named(), NO_STREAM, given)]);
      expect(outcomes.map(({ kind }) => kind)).toEqual(['appended', 'appended']);
    });
  });
}
