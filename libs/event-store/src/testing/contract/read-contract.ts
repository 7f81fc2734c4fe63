import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { appendOf, events, named } from './given.js';
import { NO_STREAM, START } from '../../event-store.js';
import type { EventStore, StoredEvent } from '../../event-store.js';

async function readWhole(
  store: EventStore,
  maxCount = 1_000,
  streamPrefixes?: readonly string[],
): Promise<StoredEvent[]> {
  const found: StoredEvent[] = [];
  for (let after = START; ;) {
    const page = await store.readAll({ after, maxCount, ...(streamPrefixes === undefined ? {} : { streamPrefixes }) });
    found.push(...page.events);
    after = page.position;
    if (page.isEnd) return found;
  }
}

/** Pages of a stream and of all streams. */
export function readContract(store: () => EventStore): void {
  describe('reads', () => {
    it('a stream from anywhere, in both directions', async () => {
      const stream = named();
      await store().append([appendOf(stream, NO_STREAM, events(5))]);
      const revisions = async (options: Parameters<EventStore['readStream']>[1]): Promise<number[]> =>
        (await store().readStream(stream, options)).map(({ revision }) => Number(revision));
      expect(await revisions({ maxCount: 3 })).toEqual([0, 1, 2]);
      expect(await revisions({ from: 3n, maxCount: 9 })).toEqual([3, 4]);
      expect(await revisions({ from: 5n, maxCount: 9 })).toEqual([]);
      expect(await revisions({ from: 1n << 40n, maxCount: 9 })).toEqual([]);
      expect(await revisions({ direction: 'backwards', maxCount: 2 })).toEqual([4, 3]);
      expect(await revisions({ direction: 'backwards', from: 1n, maxCount: 9 })).toEqual([1, 0]);
      expect(await revisions({ direction: 'backwards', from: 99n, maxCount: 1 })).toEqual([4]);
      expect(await store().readStream(named(), { maxCount: 1 })).toEqual([]);
      expect(await store().streamRevision(named())).toBe(NO_STREAM);
    });

    it('all streams in the order of positions, from head to head', async () => {
      const before = await store().head();
      const [a, b] = [named(), named()];
      await store().append([appendOf(a, NO_STREAM, events(2))]);
      await store().append([appendOf(b, NO_STREAM, events(1))]);
      await store().append([appendOf(a, 1n, events(1))]);
      const page = await store().readAll({ after: before, maxCount: 100 });
      expect(page.events.map(({ stream, revision }) => [stream, revision])).toEqual([
        [a, 0n],
        [a, 1n],
        [b, 0n],
        [a, 2n],
      ]);
      expect(page).toMatchObject({ position: await store().head(), isEnd: true });
      const end = await store().readAll({ after: page.position, maxCount: 1 });
      expect(end).toEqual({ events: [], position: page.position, isEnd: true });
      const first = await store().readAll({ after: before, maxCount: 3 });
      expect(first).toMatchObject({ isEnd: false, position: first.events[2]?.position });
    });

    it('only the streams that a prefix names, and says how far it looked', async () => {
      const [prefix, before] = [`p%_${randomUUID()}-`, await store().head()];
      // One after the other: streams of one call are independent, in their order too.
      await store().append([appendOf(`${prefix}1`, NO_STREAM, events(1))]);
      await store().append([appendOf(named(), NO_STREAM, events(3))]);
      await store().append([appendOf(`${prefix}2`, NO_STREAM, events(1))]);
      await store().append([appendOf(named(), NO_STREAM, events(2))]);
      const page = await store().readAll({ after: before, maxCount: 3, streamPrefixes: ['nothing-', prefix] });
      expect(page.events.map(({ stream }) => stream)).toEqual([`${prefix}1`]);
      const { position } = await store().readAll({ after: before, maxCount: 3 });
      expect(page).toMatchObject({ isEnd: false, position });
      const whole = await readWhole(store(), 2, [prefix]);
      expect(whole.map(({ stream }) => stream)).toEqual([`${prefix}1`, `${prefix}2`]);
    });

    it('its own clock', async () => {
      expect(Math.abs((await store().now()).getTime() - Date.now())).toBeLessThan(60_000);
    });
  });
}

/** A wait that did not end by itself would last longer than its test may. */
const BEYOND_THE_TEST_MS = 3_600_000;

/** Waiting for what comes next. */
export function waitContract(store: () => EventStore): void {
  describe('waitForAppend', () => {
    it('returns at once when there is more already', async () => {
      await store().append([appendOf(named(), NO_STREAM, events(1))]);
      await expect(store().waitForAppend(START, BEYOND_THE_TEST_MS)).resolves.toBeUndefined();
    });

    it('returns when something is appended, and otherwise after its time', async () => {
      const startedAt = Date.now();
      const waiting = store().waitForAppend(await store().head(), BEYOND_THE_TEST_MS);
      const appending = sleep(50).then(() => store().append([appendOf(named(), NO_STREAM, events(1))]));
      await Promise.all([waiting, appending]);
      await store().waitForAppend(await store().head(), 40);
      expect(Date.now() - startedAt).toBeGreaterThan(80);
    });
  });
}
