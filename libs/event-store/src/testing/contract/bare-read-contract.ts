import { describe, expect, it } from '@jest/globals';
import { appendOf, event, events, named } from './given.js';
import { NO_STREAM } from '../../event-store.js';
import type { EventStore, StoredEvent } from '../../event-store.js';

const bareOf = (stored: StoredEvent): StoredEvent => ({ ...stored, data: new Uint8Array(0) });

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

    it('several streams at once, each after an event of its own, however much follows', async () => {
      const counts = [1, 2, 9];
      const streams = counts.map(() => named());
      const appends = counts.map((count, nth) => appendOf(streams[nth] ?? '', NO_STREAM, events(count)));
      await store().append(appends);
      const asked = [...streams, streams[2] ?? '', named()].map((stream, nth) => ({ stream, from: nth < 3 ? 0n : 4n }));
      const read = (isFirstBare: boolean) =>
        Promise.all(asked.map(({ stream, from }) => store().readStream(stream, { from, maxCount: 6, isFirstBare })));
      const [bare, whole] = [await read(true), await read(false)];
      expect(bare.map(({ length }) => length)).toEqual([1, 2, 6, 5, 0]);
      expect(bare).toEqual(whole.map(([first, ...rest]) => (first === undefined ? [] : [bareOf(first), ...rest])));
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
