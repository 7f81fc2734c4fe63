import { describe, expect, it } from '@jest/globals';
import { appendOf, event, events, named, plain } from './given.js';
import { LIMITS, NO_STREAM } from '../../event-store.js';
import type { EventStore } from '../../event-store.js';

/** What an append keeps and answers. */
export function appendContract(store: () => EventStore): void {
  describe('append', () => {
    it('keeps what it was given, byte by byte', async () => {
      const stream = named('stream "quoted", {braced} \\ é 💶');
      const given = [event(new Uint8Array(256).map((_, nth) => nth)), event(new Uint8Array(0), 'Emptied'), event('é')];
      const [outcome] = await store().append([appendOf(stream, NO_STREAM, given)]);
      expect(outcome).toMatchObject({ kind: 'appended', stream, revision: 2n });
      const found = await store().readStream(stream, { maxCount: 10 });
      expect(found.map(plain)).toEqual(given.map(plain));
      expect(found.map(({ revision }) => revision)).toEqual([0n, 1n, 2n]);
      expect(found.every((stored) => stored.stream === stream && stored.recordedAt instanceof Date)).toBe(true);
      expect(outcome).toMatchObject({ position: found[2]?.position });
    });

    it('is independent by stream: a conflict in one keeps none of the others', async () => {
      const [taken, fresh, other] = [named(), named(), named()];
      await store().append([appendOf(taken, NO_STREAM, events(3))]);
      const outcomes = await store().append([
        appendOf(fresh, NO_STREAM, events(2)),
        appendOf(taken, 0n, events(1)),
        appendOf(other, NO_STREAM, events(1)),
      ]);
      expect(outcomes).toMatchObject([
        { kind: 'appended', stream: fresh, revision: 1n },
        { kind: 'conflict', stream: taken, actualRevision: 2n },
        { kind: 'appended', stream: other, revision: 0n },
      ]);
      const [last] = await store().readStream(other, { maxCount: 1 });
      expect(outcomes[2]).toMatchObject({ position: last?.position });
      expect(await store().streamRevision(taken)).toBe(2n);
    });

    it('answers nothing to nothing', async () => {
      expect(await store().append([])).toEqual([]);
    });

    it('takes the largest append that the limits allow', async () => {
      const stream = named();
      const data = new Uint8Array(LIMITS.eventBytesMax).fill(7);
      await store().append([appendOf(stream, NO_STREAM, [event(data)])]);
      const [found] = await store().readStream(stream, { maxCount: 1 });
      expect(found?.data.byteLength).toBe(LIMITS.eventBytesMax);
    });
  });
}
