import { afterEach, describe, expect, it } from '@jest/globals';
import { poolOf } from '@app/metering';
import { AggregatorWorld, HOUR_MS, TOPICS } from '../support/aggregator-world.js';
import { CATALOG, recordOf } from '../support/usage-records.js';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');

let world: AggregatorWorld;
const begin = async (): Promise<void> => {
  world = new AggregatorWorld(NOW_MS);
  await world.createTopics();
  await world.publishCatalog(CATALOG);
};
afterEach(async () => world.end());

const balanceOf = async (organisation: string): Promise<bigint> =>
  poolOf((await world.account(organisation)).state.wallet, 'credits').balanceNanos;

describe('the aggregator', () => {
  it('charges usage, folds a batch into one event an account, and keeps the position', async () => {
    await begin();
    await world.publish(
      Array.from({ length: 30 }, (_, n) =>
        recordOf({ id: `e${n}`, organisation: n % 3 === 0 ? 'acme' : 'bolt', timeMs: NOW_MS }),
      ),
    );
    await world.start();
    await world.drained();
    expect(await balanceOf('acme')).toBe(1_000_000_000_000n - 10_000_000n);
    expect(await balanceOf('bolt')).toBe(1_000_000_000_000n - 20_000_000n);
    const { events, state } = await world.account('acme');
    expect(events.map(({ type }) => type)).toEqual(['AccountOpened', 'UsageCharged']);
    expect(state.offsets.get(`${TOPICS.live}/0/0`)).toBe(27n);
    expect((await world.feedState(TOPICS.live)).position).toMatchObject({ nextOffset: 30n, last: { offset: 29n } });
  });

  it('waits for a catalog, says so, and goes on by itself when there is one', async () => {
    world = new AggregatorWorld(NOW_MS);
    await world.createTopics();
    await world.publish([recordOf({ id: 'a', organisation: 'acme', timeMs: NOW_MS })]);
    const aggregator = await world.start();
    await world.until('the problem', () => aggregator.health().problems.includes('NoCatalog'));
    expect(await world.organisations()).toEqual([]);
    await world.publishCatalog(CATALOG);
    await world.drained();
    expect(aggregator.health()).toMatchObject({ isReady: true, problems: [] });
    expect((await world.account('acme')).events).toHaveLength(2);
  });

  it('decides nothing while its clock is far from the store, and says so (I11)', async () => {
    await begin();
    await world.publish([recordOf({ id: 'a', organisation: 'acme', timeMs: NOW_MS })]);
    let skewMs = 6 * 60_000;
    const aggregator = await world.start({ nowMs: () => world.nowMs + skewMs });
    await world.until('the problem', () => aggregator.health().problems.includes('ClockSkewed'));
    expect(aggregator.health().isReady).toBe(false);
    expect(await world.organisations()).toEqual([]);
    skewMs = 0;
    await world.drained();
    expect(aggregator.health()).toMatchObject({ isReady: true, clockSkewMs: 0 });
  });

  it('shows what it does as metrics, without any organisation in them', async () => {
    await begin();
    await world.publish([
      recordOf({ id: 'a', organisation: 'acme', timeMs: NOW_MS }),
      recordOf({ id: 'a', organisation: 'acme', timeMs: NOW_MS }),
      recordOf({ id: 'b', organisation: 'acme', timeMs: NOW_MS, type: 'unknown' }),
    ]);
    const aggregator = await world.start();
    await world.drained();
    const metrics = await aggregator.metrics();
    expect(metrics).toContain('creditfold_aggregator_charged_total 1');
    expect(metrics).toContain('creditfold_aggregator_duplicates_total 1');
    expect(metrics).toContain('creditfold_aggregator_quarantined_total 1');
    expect(metrics).not.toContain('acme');
  });

  it('charges history as history, then late usage by its own cycle', async () => {
    await begin();
    const octoberMs = Date.parse('2026-10-05T10:00:00Z');
    const september = recordOf({ id: 'h', organisation: 'acme', timeMs: octoberMs - 20 * 24 * HOUR_MS });
    await world.publish([{ ...september, timestampMs: octoberMs - 20 * 24 * HOUR_MS }], TOPICS.backfill);
    await world.publish(
      [{ ...recordOf({ id: 'i', organisation: 'acme', timeMs: octoberMs }), timestampMs: octoberMs }],
      TOPICS.backfill,
    );
    await world.start();
    await world.drained();
    const { state, events } = await world.account('acme');
    expect(state.wallet).toMatchObject({ clock: 'history', ledgerTimeMs: octoberMs });
    // The history's own clock has closed September: its end and the grace lie before the record of October.
    expect(events.map(({ type }) => type)).toEqual([
      'AccountOpened',
      'UsageCharged',
      'CycleEnded',
      'CycleClosed',
      'UsageCharged',
    ]);
  });
});
