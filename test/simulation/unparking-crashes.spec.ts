import { afterEach, describe, expect, it } from '@jest/globals';
import { accountStream } from '@app/accounts';
import type { PublishRecord } from '@app/usage-feed';
import { CRASH_POINTS, type CrashPointName } from '../../apps/aggregator/src/index.js';
import { AggregatorWorld, HOUR_MS, TOPICS } from '../support/aggregator-world.js';
import { DamagingStore } from '../support/damaging-store.js';
import { MortalStore } from '../support/mortal-store.js';
import { CATALOG, recordOf } from '../support/usage-records.js';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
/** The others are passed by aggregator-crashes.spec.ts. A new point that is never passed fails its first test. */
const POINTS = CRASH_POINTS.filter((point) => point.startsWith('unpark'));
const KEPT = Array.from({ length: 12 }, (_, n) => `t${n + 3}`);

let world: AggregatorWorld;
afterEach(async () => world.end());

const tracesOf = (organisation: string, ids: readonly string[]): readonly PublishRecord[] =>
  ids.map((id) => recordOf({ id, organisation, timeMs: NOW_MS }));

/** An account whose records three partitions keep: live ones of two batches, and history. */
async function beginParked(): Promise<void> {
  world = new AggregatorWorld(NOW_MS);
  await world.createTopics();
  await world.publishCatalog(CATALOG);
  await world.publish(tracesOf('acme', ['t0', 't1', 't2']));
  await world.start();
  await world.drained();
  await world.stop();
  const store = new DamagingStore(world.store);
  store.damaged = accountStream('acme');
  await world.publish(tracesOf('acme', KEPT));
  const timeMs = NOW_MS - 24 * HOUR_MS;
  await world.publish(
    [{ ...recordOf({ id: 'h', organisation: 'acme', timeMs }), timestampMs: timeMs }],
    TOPICS.backfill,
  );
  await world.start({ store, settings: { batchRecordsMax: 5 } });
  await world.drained();
  await world.stop();
  await world.askToUnpark('acme');
}

async function unparkUntilCrash(point: CrashPointName, nth: number): Promise<boolean> {
  const store = new MortalStore(world.store);
  let left = nth;
  const crashPoint = (name: CrashPointName): void => {
    if (name === point) left -= 1;
    if (left <= 0) store.isDead = true;
    if (store.isDead) throw new Error(`crashed at ${name}`);
  };
  const aggregator = await world.start({ store, crashPoint, settings: { stopGraceMs: 20 } });
  await aggregator.schedule();
  const hasCrashed = store.isDead;
  store.isDead = true;
  await world.stop();
  return hasCrashed;
}

describe('an aggregator that ends at any moment of unparking (F1, F25)', () => {
  it.each(POINTS.flatMap((point) => [1, 2].map((nth) => [point, nth] as const)))(
    '%s, the %ith time: everything that was kept is charged once, with no further request',
    async (point, nth) => {
      await beginParked();
      const hasCrashed = await unparkUntilCrash(point, nth);
      expect(hasCrashed || nth > 1).toBe(true);
      const aggregator = await world.start();
      await aggregator.schedule();
      await world.drained();
      expect(aggregator.health()).toMatchObject({ parkedAccounts: 0, problems: [] });
      const { events } = await world.account('acme');
      const charged = events.flatMap((event) => (event.type === 'UsageCharged' ? event.evidence : []));
      expect(charged.map(({ id }) => id).toSorted()).toEqual(['t0', 't1', 't2', 'h', ...KEPT].toSorted());
      expect((await world.feedState(TOPICS.live)).releasing).toEqual(new Set());
    },
  );
});
