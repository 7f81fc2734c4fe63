import { afterEach, describe, expect, it } from '@jest/globals';
import { accountStream } from '@app/accounts';
import { EventStoreUnavailable } from '@app/event-store';
import { poolOf } from '@app/metering';
import { AggregatorWorld, HOUR_MS, TOPICS } from '../support/aggregator-world.js';
import { MortalStore } from '../support/mortal-store.js';
import { pictureOf, pictureOfAll } from '../support/picture-of-accounts.js';
import { CATALOG, recordOf } from '../support/usage-records.js';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
const INCLUDED_NANOS = 1_000_000_000_000n;
const TRACE_NANOS = 1_000_000n;

let world: AggregatorWorld;
afterEach(async () => world.end());

async function begin(partitions = 1): Promise<void> {
  world = new AggregatorWorld(NOW_MS);
  await world.createTopics(partitions);
  await world.publishCatalog(CATALOG);
}

const traces = (organisation: string, count: number, from = 0): ReturnType<typeof recordOf>[] =>
  Array.from({ length: count }, (_, n) => recordOf({ id: `t${from + n}`, organisation, timeMs: NOW_MS }));

const balanceOf = async (organisation: string): Promise<bigint> =>
  poolOf((await world.account(organisation)).state.wallet, 'credits').balanceNanos;

describe('duplicates (F17)', () => {
  it('charges an id once that comes a thousand times in one batch, and a log that comes twice', async () => {
    await begin();
    await world.publish(
      Array.from({ length: 1_000 }, () => recordOf({ id: 'same', organisation: 'acme', timeMs: NOW_MS })),
    );
    const log = [...traces('acme', 200), ...traces('bolt', 100)];
    await world.publish([...log, ...log]);
    await world.start({ settings: { batchRecordsMax: 333 } });
    await world.drained();
    expect(await balanceOf('acme')).toBe(INCLUDED_NANOS - 201n * TRACE_NANOS);
    expect(await balanceOf('bolt')).toBe(INCLUDED_NANOS - 100n * TRACE_NANOS);
    // Duplicates leave no trace: the offset stays behind them, and after a restart they are duplicates again.
    const before = await pictureOfAll(world);
    await world.stop();
    await world.start();
    await world.publish(log);
    await world.drained();
    expect(await pictureOfAll(world)).toEqual(before);
  });
});

describe('appends whose outcome is unknown (F5, F11)', () => {
  it.each(['lost-before', 'lost-after'] as const)(
    '%s: three calls of ten; nothing is lost and nothing doubled',
    async (fate) => {
      await begin();
      const store = new MortalStore(world.store);
      // Spread evenly, so that it never keeps step with the retries.
      store.fateOf = (_appends, nth) => ((nth * 0.618_034) % 1 < 0.3 ? fate : 'done');
      for (const organisation of ['acme', 'bolt']) await world.publish(traces(organisation, 40));
      await world.publish([{ key: null, value: Buffer.from('{') }]);
      const aggregator = await world.start({ store, settings: { batchRecordsMax: 9 } });
      await world.drained();
      expect(await balanceOf('acme')).toBe(INCLUDED_NANOS - 40n * TRACE_NANOS);
      expect(await balanceOf('bolt')).toBe(INCLUDED_NANOS - 40n * TRACE_NANOS);
      await pictureOfAll(world);
      const kept = (await world.feedEventsOf(TOPICS.live)).flatMap((event) =>
        event.type === 'FeedPositionRecorded' ? event.records : [],
      );
      expect(kept).toHaveLength(1);
      expect(aggregator.health().lostPartitions).toBe(0);
      expect(world.faults).toEqual([]);
    },
  );
});

describe('two aggregators with the same partition (F37, I7)', () => {
  it('the later one owns it; the earlier one stops and changes nothing more', async () => {
    await begin();
    await world.publish(traces('acme', 30));
    const first = await world.start({ settings: { batchRecordsMax: 4 } });
    const second = await world.start({ settings: { batchRecordsMax: 5 } });
    await world.publish(traces('acme', 30, 30));
    await world.drained();
    await world.until('the fence', () => first.health().problems.includes('PartitionLost'));
    expect(second.health().lostPartitions).toBe(0);
    await world.publish(traces('acme', 30, 60));
    await world.drained();
    expect(await balanceOf('acme')).toBe(INCLUDED_NANOS - 90n * TRACE_NANOS);
    await pictureOf(world, 'acme');
  });
});

describe('conflicts', () => {
  it('wins an account that somebody else writes to before every append', async () => {
    await begin();
    let rivals = 0;
    const rival = new AggregatorWorld(NOW_MS, world.store);
    await rival.createTopics();
    const store = new MortalStore(world.store);
    store.fateOf = (appends) => {
      // A rival that has decided the same records: its append stands, ours conflicts, and the offset is found.
      if (rivals < 6 && appends.some(({ stream }) => stream === accountStream('acme'))) {
        rivals += 1;
        void world.store.append(appends.filter(({ stream }) => stream === accountStream('acme')));
        return 'lost-before';
      }
      return 'done';
    };
    await world.publish(traces('acme', 50));
    await world.start({ store, settings: { batchRecordsMax: 8 } });
    await world.drained();
    expect(rivals).toBeGreaterThan(0);
    expect(await balanceOf('acme')).toBe(INCLUDED_NANOS - 50n * TRACE_NANOS);
    await rival.end();
  });
});

describe('cycles', () => {
  it('close when the written mark of every partition has passed end and grace, not before', async () => {
    await begin(2);
    await world.publish([...traces('acme', 3), ...traces('bolt', 3), ...traces('cord', 3)]);
    const aggregator = await world.start();
    await world.drained();
    const endMs = Date.parse('2026-12-01T00:00:00Z');
    const passed = async (): Promise<void> => {
      for (const { topic, partition } of await world.feed.ends([TOPICS.live, TOPICS.requeue]))
        await world.until(
          'the mark',
          async () => (await world.feedState(topic, partition)).position?.markMs === world.nowMs,
        );
      await aggregator.schedule();
    };
    const cycles = async (): Promise<readonly unknown[]> => (await world.account('acme')).state.wallet.cycles;
    world.nowMs = endMs + HOUR_MS - 1;
    await passed();
    expect(await cycles()).toMatchObject([{ isEnded: true, isClosed: false }, { isEnded: false }]);
    await world.publish([recordOf({ id: 'late', organisation: 'acme', timeMs: endMs - HOUR_MS })]);
    await world.drained();
    world.nowMs = endMs + HOUR_MS;
    await passed();
    expect(await cycles()).toMatchObject([{ isEnded: true, isClosed: true }, { isEnded: false }]);
    await world.publish([recordOf({ id: 'adjusted', organisation: 'acme', timeMs: endMs - HOUR_MS })]);
    await world.drained();
    const { events } = await world.account('acme');
    const outcomes = events.flatMap((event) =>
      event.type === 'UsageCharged' ? event.uses.map(({ outcome }) => outcome) : [],
    );
    expect(outcomes).toEqual(['charged', 'late', 'adjusted']);
    expect(events.filter(({ type }) => type === 'CycleClosed')).toHaveLength(1);
    await pictureOf(world, 'acme');
  });

  it('stay open while one partition of the live topic is behind', async () => {
    await begin(2);
    await world.publish([...traces('acme', 3), ...traces('bolt', 3)]);
    const store = new MortalStore(world.store);
    const aggregator = await world.start({ store });
    await world.drained();
    world.nowMs = Date.parse('2026-12-02T00:00:00Z');
    store.fateOf = (appends) =>
      appends.some(({ stream }) => stream === `feed-${TOPICS.live}-0-1`) ? 'lost-before' : 'done';
    await world.until('one mark', async () => (await world.feedState(TOPICS.live, 0)).position?.markMs === world.nowMs);
    await world.until(
      'own mark',
      async () => (await world.feedState(TOPICS.requeue, 0)).position?.markMs === world.nowMs,
    );
    await aggregator.schedule();
    const closed = async (): Promise<number> => {
      const accounts = await Promise.all(['acme', 'bolt'].map((organisation) => world.account(organisation)));
      return accounts.flatMap(({ events }) => events.filter(({ type }) => type === 'CycleClosed')).length;
    };
    expect(await closed()).toBe(0);
    store.fateOf = () => 'done';
    await world.until(
      'the other mark',
      async () => (await world.feedState(TOPICS.live, 1)).position?.markMs === world.nowMs,
    );
    await aggregator.schedule();
    expect(await closed()).toBe(2);
  });
});

describe('alarms and stalls (I11)', () => {
  it('a stored position outside of the log ends the process, and nothing jumps (F16)', async () => {
    await begin();
    await world.publish(traces('acme', 9));
    await world.start();
    await world.drained();
    await world.stop();
    await world.feed.deleteTopic(TOPICS.live);
    await world.feed.ensureTopics([{ topic: TOPICS.live, timestamps: 'append', partitions: 1 }]);
    await world.publish(traces('acme', 4, 100));
    const aggregator = await world.start();
    await world.until('the alarm', () => world.faults.length > 0);
    expect(world.faults).toEqual(['PositionBeyondLogEnd']);
    expect(aggregator.health().isReady).toBe(false);
    expect(await balanceOf('acme')).toBe(INCLUDED_NANOS - 9n * TRACE_NANOS);
  });

  it('waiting records and nothing moving: red first, then the end of the process', async () => {
    await begin();
    const store = new MortalStore(world.store);
    store.fateOf = (appends) => (appends.some(({ stream }) => stream.startsWith('account-')) ? 'lost-before' : 'done');
    await world.publish(traces('acme', 3));
    const settings = { stalledRedMs: 30, stalledExitMs: 120, watchEveryMs: 5 };
    const aggregator = await world.start({ store, settings });
    await world.until('red', () => aggregator.health().problems.includes('Stalled'));
    await world.until('the end', () => world.faults.length > 0);
    expect(world.faults).toEqual(['Stalled']);
  });

  it('an outage is waited for and heals by itself (F6, I8)', async () => {
    await begin();
    const store = new MortalStore(world.store);
    const aggregator = await world.start({ store, settings: { stalledRedMs: 30 } });
    store.isDead = true;
    await world.publish(traces('acme', 20));
    await world.until('red', () => aggregator.health().problems.includes('Stalled'));
    await expect(store.head()).rejects.toThrow(EventStoreUnavailable);
    store.isDead = false;
    await world.drained();
    expect(await balanceOf('acme')).toBe(INCLUDED_NANOS - 20n * TRACE_NANOS);
    expect(world.faults).toEqual([]);
  });
});
