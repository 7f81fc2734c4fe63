import { afterEach, describe, expect, it } from '@jest/globals';
import type { PublishRecord } from '@app/usage-feed';
import { AggregatorWorld, DAY_MS, HOUR_MS } from '../support/aggregator-world.js';
import { pictureOf } from '../support/picture-of-accounts.js';
import { CATALOG, recordOf } from '../support/usage-records.js';

const NOW_MS = Date.parse('2026-11-20T10:00:00Z');
const MINUTE_MS = 60_000;

let world: AggregatorWorld;
afterEach(async () => world.end());

async function begin(nowMs = NOW_MS): Promise<void> {
  world = new AggregatorWorld(nowMs);
  await world.createTopics();
  await world.publishCatalog(CATALOG);
}

const trace = (id: string, timeMs: number, data?: Readonly<Record<string, unknown>>): PublishRecord =>
  recordOf({ id, organisation: 'acme', timeMs, ...(data === undefined ? {} : { data }) });
const tokens = (id: string, timeMs: number, count: number): PublishRecord =>
  recordOf({ id, organisation: 'acme', timeMs, type: 'llm.completion', data: { tokens: count } });

/** Publishes the records at this moment of the log's clock, and waits until all is decided. */
async function decide(records: readonly PublishRecord[], atMs = NOW_MS): Promise<void> {
  world.nowMs = atMs;
  await world.publish(records);
  await world.drained();
}

/** What became of ids: charged, or the reason of the quarantine. A duplicate leaves no trace. */
async function outcomes(): Promise<readonly string[]> {
  const { events } = await world.account('acme');
  return events.flatMap((event) => {
    if (event.type === 'UsageCharged') return event.evidence.map(({ id }) => `${id} charged`);
    if (event.type === 'UsageQuarantined') return event.records.map(({ eventId, reason }) => `${eventId} ${reason}`);
    return [];
  });
}

describe('duplicates over time (F19)', () => {
  const FIRST_MS = NOW_MS - 35 * DAY_MS;
  const MIDNIGHT_MS = Date.parse('2026-11-20T00:00:00Z');

  it('I2: are known after a restart, on both sides of midnight, and beyond the 35 days in which usage is taken', async () => {
    await begin();
    await world.start();
    const edges = [trace('oldest', FIRST_MS), trace('evening', MIDNIGHT_MS - 1), trace('morning', MIDNIGHT_MS)];
    await decide(edges);
    const charged = ['oldest charged', 'evening charged', 'morning charged'];
    expect((await outcomes()).toSorted()).toEqual(charged.toSorted());
    for (const laterMs of [1, DAY_MS, 36 * DAY_MS, 400 * DAY_MS]) {
      await world.stop();
      await world.start();
      await decide(edges, NOW_MS + laterMs);
      // Charged before is a duplicate, also where it would be too old for the first time.
      expect((await outcomes()).toSorted()).toEqual(charged.toSorted());
    }
    await decide([trace('new', FIRST_MS)], NOW_MS + 400 * DAY_MS);
    expect(await outcomes()).toContain('new TooOld');
  });

  it('the same id with other content is a conflict within the 35 days or on the same day, and new beyond them', async () => {
    await begin();
    await world.start();
    await decide([trace('id', FIRST_MS)]);
    await decide([trace('id', NOW_MS)]);
    expect(await outcomes()).toEqual(['id charged', 'id Conflict']);
    await decide([trace('moves time', NOW_MS + MINUTE_MS)], NOW_MS + MINUTE_MS);
    await decide([trace('id', NOW_MS + 2 * MINUTE_MS, { other: 1 })], NOW_MS + 2 * MINUTE_MS);
    expect(await outcomes()).toEqual(['id charged', 'id Conflict', 'moves time charged', 'id charged']);
  });
});

describe('usage in any order (F20)', () => {
  const AGES_MS = [0, MINUTE_MS, HOUR_MS, DAY_MS, 19 * DAY_MS, 21 * DAY_MS, 34 * DAY_MS];
  const opening = trace('opens it', NOW_MS - 35 * DAY_MS);
  const records = AGES_MS.flatMap((ageMs, n) => [
    tokens(`a${n}`, NOW_MS - ageMs, 700 + 13 * n),
    tokens(`b${n}`, NOW_MS - ageMs, 31 * n),
  ]);
  const orders: readonly (readonly [string, readonly PublishRecord[]])[] = [
    ['newest first', records],
    ['oldest first', records.toReversed()],
    ['mixed', records.map((_, n) => records[(n * 5) % records.length]).flatMap((record) => record ?? [])],
  ];

  it('I1: each month is charged what happened in it, a minute late or 34 days, whatever came first', async () => {
    const results: unknown[] = [];
    for (const [, ordered] of orders) {
      await begin();
      await world.start({ settings: { batchRecordsMax: 3 } });
      await decide([opening, ...ordered]);
      const { state } = await world.account('acme');
      const used = [...(state.wallet.pools.get('credits')?.figures ?? [])].map(([cycle, figures]) => [
        cycle,
        figures.usedNanos,
      ]);
      const { balances, quarantined } = await pictureOf(world, 'acme');
      results.push({ used, balances, quarantined });
      await world.end();
    }
    expect(orders.map(([, ordered]) => ordered.length)).toEqual([14, 14, 14]);
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
    expect(results[0]).toMatchObject({ quarantined: {}, used: [expect.anything(), expect.anything()] });
  });
});

describe('clocks (F26)', () => {
  it('one that jumps back by an hour loses, repeats and refuses nothing, and no account goes back', async () => {
    await begin();
    await world.start();
    await decide([trace('before', NOW_MS)]);
    await decide([trace('during', NOW_MS - HOUR_MS), trace('ahead', NOW_MS)], NOW_MS - HOUR_MS);
    expect((await world.account('acme')).state.wallet.ledgerTimeMs).toBe(NOW_MS);
    await decide([trace('after', NOW_MS + MINUTE_MS), trace('before', NOW_MS)], NOW_MS + MINUTE_MS);
    expect(await outcomes()).toEqual(['before charged', 'during charged', 'ahead charged', 'after charged']);
    const { state, events } = await world.account('acme');
    expect(state.wallet.ledgerTimeMs).toBe(NOW_MS + MINUTE_MS);
    const times = events.flatMap((event) => ('atMs' in event ? [event.atMs] : []));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    await pictureOf(world, 'acme');
  });

  it('usage of a clock ten minutes ahead counts when it comes, and reaches no month that has not begun', async () => {
    const endMs = Date.parse('2026-12-01T00:00:00Z');
    await begin(endMs - 5 * MINUTE_MS);
    await world.start();
    await decide([trace('ahead', endMs + 5 * MINUTE_MS)], endMs - 5 * MINUTE_MS);
    const { state } = await world.account('acme');
    expect(state.wallet.cycles).toMatchObject([{ endMs, isEnded: false }]);
    expect(await outcomes()).toEqual(['ahead charged']);
  });

  it('a leap day is a day of its February', async () => {
    const marchMs = Date.parse('2028-03-01T00:00:00Z');
    await begin(marchMs - 1);
    await world.start();
    await decide([trace('leap day', marchMs - 1)], marchMs - 1);
    await decide([trace('march', marchMs)], marchMs);
    const { state, events } = await world.account('acme');
    expect(state.wallet.cycles.map(({ startMs }) => new Date(startMs).toISOString())).toEqual([
      '2028-02-01T00:00:00.000Z',
      '2028-03-01T00:00:00.000Z',
    ]);
    const charged = events.flatMap((event) =>
      event.type === 'UsageCharged' ? event.uses.map(({ cycle }) => cycle) : [],
    );
    expect(new Set(charged).size).toBe(2);
  });
});
