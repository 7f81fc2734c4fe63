import { describe, expect, it } from '@jest/globals';
import { appendOf, event, events, named } from './given.js';
import { NO_STREAM } from '../../event-store.js';
import type { EventStore } from '../../event-store.js';

/** Reads that want events without what they hold. */
export function bareReadContract(store: () => EventStore): void {
  describe('reads without data', () => {
    it('a stream after an event that is known, without its data', async () => {
      const stream = named();
      const given = events(3);
      await store().append([appendOf(stream, NO_STREAM, given)]);
      const whole = await store().readStream(stream, { from: 1n, maxCount: 9 });
      const found = await store().readStream(stream, { from: 1n, maxCount: 9, isFirstBare: true });
      expect(found.map(({ data }) => [...data])).toEqual([[], [...(given[2]?.data ?? [])]]);
      expect(found.map((stored, index) => ({ ...stored, data: whole[index]?.data }))).toEqual(whole);
      expect(await store().readStream(stream, { from: 3n, maxCount: 9, isFirstBare: true })).toEqual([]);
    });

    it('all streams with the data of some types only', async () => {
      const [stream, before] = [named(), await store().head()];
      const given = [event('a', 'Noted'), event('b', 'Counted'), event('c', 'Noted')];
      await store().append([appendOf(stream, NO_STREAM, given)]);
      const whole = await store().readAll({ after: before, maxCount: 10 });
      const page = await store().readAll({ after: before, maxCount: 10, dataTypes: ['Counted', 'Unheard'] });
      expect(page.events.map(({ data }) => [...data])).toEqual([[], [...(given[1]?.data ?? [])], []]);
      const filled = page.events.map((stored, index) => ({ ...stored, data: whole.events[index]?.data }));
      expect({ ...page, events: filled }).toEqual(whole);
    });
  });
}
