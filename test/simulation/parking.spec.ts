import { afterEach, describe, expect, it } from '@jest/globals';
import { acceptTopic, accountStream, FeedStreams, type ParkedRecord } from '@app/accounts';
import { poolOf } from '@app/metering';
import { AggregatorWorld, DAY_MS, TOPICS } from '../support/aggregator-world.js';
import { appendByHand } from '../support/damage-streams.js';
import { DamagingStore } from '../support/damaging-store.js';
import { pictureOf } from '../support/picture-of-accounts.js';
import { CATALOG, recordOf } from '../support/usage-records.js';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
const INCLUDED_NANOS = 1_000_000_000_000n;
const TRACE_NANOS = 1_000_000n;

let world: AggregatorWorld;
afterEach(async () => world.end());

async function begin(): Promise<void> {
  world = new AggregatorWorld(NOW_MS);
  await world.createTopics();
  await world.publishCatalog(CATALOG);
}

const traces = (organisation: string, count: number, from = 0): ReturnType<typeof recordOf>[] =>
  Array.from({ length: count }, (_, n) => recordOf({ id: `t${from + n}`, organisation, timeMs: NOW_MS }));

const balanceOf = async (organisation: string): Promise<bigint> =>
  poolOf((await world.account(organisation)).state.wallet, 'credits').balanceNanos;

const parkedRecords = async (topic: string): Promise<readonly ParkedRecord[]> =>
  (await world.feedEventsOf(topic)).flatMap((event) => (event.type === 'RecordsParked' ? event.records : []));

describe('an account that cannot be decided (F25, I9)', () => {
  it('is parked while others flow, and is decided in order when it is unparked', async () => {
    await begin();
    await world.publish([...traces('acme', 5), ...traces('bolt', 5)]);
    await world.start();
    await world.drained();
    await world.stop();
    const store = new DamagingStore(world.store);
    store.damaged = accountStream('acme');
    await world.publish([...traces('acme', 5, 5), ...traces('bolt', 5, 5)]);
    const timeMs = NOW_MS - 5 * DAY_MS;
    await world.publish(
      [{ ...recordOf({ id: 'h', organisation: 'acme', timeMs }), timestampMs: timeMs }],
      TOPICS.backfill,
    );
    const aggregator = await world.start({ store, settings: { batchRecordsMax: 3 } });
    await world.drained();
    expect(await balanceOf('bolt')).toBe(INCLUDED_NANOS - 10n * TRACE_NANOS);
    expect(await balanceOf('acme')).toBe(INCLUDED_NANOS - 5n * TRACE_NANOS);
    expect(aggregator.health()).toMatchObject({ isReady: true, parkedAccounts: 1, problems: ['AccountsParked'] });
    const state = await world.feedState(TOPICS.live);
    expect(state.parked.get('acme')).toMatchObject({ reason: 'AccountBroken', fromOffset: 10n });
    expect((await parkedRecords(TOPICS.live)).map(({ offset }) => offset)).toEqual([10n, 11n, 12n, 13n, 14n]);
    // Later records, also of the next process, are kept with the others.
    await world.publish(traces('acme', 2, 10));
    await world.drained();
    await world.stop();
    const mended = await world.start();
    expect(mended.health().parkedAccounts).toBe(1);
    await world.publish(traces('acme', 1, 12));
    await world.drained();
    expect(await balanceOf('acme')).toBe(INCLUDED_NANOS - 5n * TRACE_NANOS);
    await world.askToUnpark('acme');
    await mended.schedule();
    await world.drained();
    expect(await balanceOf('acme')).toBe(INCLUDED_NANOS - 14n * TRACE_NANOS);
    expect(mended.health()).toMatchObject({ isReady: true, parkedAccounts: 0, problems: [] });
    // What was asked and done is not done again.
    const end = await world.feed.ends([TOPICS.requeue]);
    await mended.schedule();
    expect(await world.feed.ends([TOPICS.requeue])).toEqual(end);
    const { events } = await world.account('acme');
    const live = events.flatMap((event) => (event.type === 'UsageCharged' ? event.evidence.map(({ id }) => id) : []));
    expect(live.filter((id) => id !== 'h')).toEqual(Array.from({ length: 13 }, (_, n) => `t${n}`));
    await pictureOf(world, 'acme');
  });
});

const LATER_MS = Date.parse('2026-12-01T00:00:01Z');
/** Of the cycle before, recorded in the next one: time has to pass first. */
const late = (organisation: string, id: string): ReturnType<typeof recordOf> =>
  recordOf({ id, organisation, timeMs: NOW_MS });

describe('an account of which a rule throws (F25, I9)', () => {
  it('is parked, and goes on when the cause is mended and an operator lets it go', async () => {
    await begin();
    await world.publish([...traces('acme', 3), ...traces('bolt', 3)]);
    const aggregator = await world.start();
    await world.drained();
    // Its cycle's end needs the terms of a plan that the catalog does not have.
    const change = { type: 'PlanChanged', plan: 'gone', effective: 'cycle-end', catalogVersion: 1 } as const;
    await appendByHand(world.store, 'acme', { ...change, negativeLimits: [], atMs: NOW_MS, entries: [] });
    world.nowMs = LATER_MS;
    await world.publish([late('acme', 'one'), late('bolt', 'one')]);
    await world.drained();
    expect(aggregator.health()).toMatchObject({ isReady: true, problems: ['AccountsParked'], parkedAccounts: 1 });
    expect((await world.feedState(TOPICS.live)).parked.get('acme')).toMatchObject({ reason: 'ImpossibleEvent' });
    expect((await world.account('bolt')).state.wallet.cycles).toHaveLength(2);
    // Time does not move it either, and letting it go too early parks it again.
    await aggregator.schedule();
    expect((await world.account('acme')).state.wallet.cycles).toHaveLength(1);
    await world.askToUnpark('acme');
    await aggregator.schedule();
    await world.drained();
    await world.until('it is parked again', () => aggregator.health().parkedAccounts === 1);
    const plans = CATALOG.plans.flatMap((plan) => [plan, { ...plan, key: 'gone', default: false }]);
    await world.publishCatalog({ ...CATALOG, plans });
    await world.askToUnpark('acme');
    await aggregator.schedule();
    await world.drained();
    expect(aggregator.health()).toMatchObject({ parkedAccounts: 0, problems: [] });
    const { events } = await world.account('acme');
    const charged = events.flatMap((event) => (event.type === 'UsageCharged' ? event.evidence : []));
    expect(charged.map(({ id }) => id)).toEqual(['t0', 't1', 't2', 'one']);
    await pictureOf(world, 'acme');
  });
});

describe('a topic that an operator accepts as another one', () => {
  it('keeps parked what was parked, and unparks it with what came later', async () => {
    await begin();
    await world.publish(traces('acme', 5));
    await world.start();
    await world.drained();
    await world.stop();
    const store = new DamagingStore(world.store);
    store.damaged = accountStream('acme');
    await world.publish(traces('acme', 3, 5));
    await world.start({ store });
    await world.drained();
    await world.stop();
    await world.feed.deleteTopic(TOPICS.live);
    await world.feed.ensureTopics([{ topic: TOPICS.live, timestamps: 'append', partitions: 1 }]);
    const { snapshots } = world;
    const streams = new FeedStreams({ store: world.store, snapshots, process: 'operator', onWarning: () => undefined });
    const acceptance = { actor: 'ops', reason: 'it was meant', atMs: NOW_MS };
    expect(await acceptTopic(streams, TOPICS.live, acceptance)).toMatchObject({ generation: 1, parked: ['acme'] });
    // Two of them come again: identities know them, also of what is still parked.
    await world.publish([...traces('acme', 2, 4), ...traces('acme', 4, 8), ...traces('bolt', 1)]);
    const aggregator = await world.start();
    await world.until('the others', async () => (await world.organisations()).includes('bolt'));
    expect(await balanceOf('acme')).toBe(INCLUDED_NANOS - 5n * TRACE_NANOS);
    expect(aggregator.health().parkedAccounts).toBe(1);
    await world.askToUnpark('acme');
    await aggregator.schedule();
    await world.until('all of them', async () => (await balanceOf('acme')) === INCLUDED_NANOS - 12n * TRACE_NANOS);
    const { events } = await world.account('acme');
    const charged = events.flatMap((event) =>
      event.type === 'UsageCharged' ? event.evidence.map(({ id }) => id) : [],
    );
    expect(charged).toEqual(Array.from({ length: 12 }, (_, n) => `t${n}`));
    const end = await world.feed.ends([TOPICS.requeue]);
    await aggregator.schedule();
    expect(await world.feed.ends([TOPICS.requeue])).toEqual(end);
  });
});
