import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PostgresEventStore } from '@app/event-store';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { AggregatorWorld, DAY_MS, HOUR_MS } from '../support/aggregator-world.js';
import { pictureOf, pictureOfAll } from '../support/picture-of-accounts.js';
import { CATALOG, recordOf } from '../support/usage-records.js';

const START_MS = Date.parse('2026-11-28T00:00:00Z');
const SPAN_MS = 7 * DAY_MS;
const ORGANISATIONS = ['acme', 'bolt', 'cord'] as const;
const TYPES = ['trace.ingested', 'llm.completion', 'tool.ran', 'bytes.stored'] as const;
type UsageType = (typeof TYPES)[number];
const FIELDS: Readonly<Record<UsageType, string | undefined>> = {
  'trace.ingested': undefined,
  'llm.completion': 'tokens',
  'tool.ran': 'runs',
  'bytes.stored': 'bytes',
};

interface Usage {
  readonly organisation: (typeof ORGANISATIONS)[number];
  readonly id: string;
  readonly type: UsageType;
  /** In 10⁻³. */
  readonly thousandths: number;
  /** When it was recorded, and how long before that it happened. */
  readonly recordMs: number;
  readonly delayMs: number;
}

let world: AggregatorWorld;
afterEach(async () => world.end());

const quantityOf = (usage: Usage): string => (usage.thousandths / 1_000).toFixed(3);

async function runOf(
  log: readonly Usage[],
  batchRecordsMax: number,
  store?: PostgresEventStore,
): Promise<AggregatorWorld> {
  world = new AggregatorWorld(START_MS, store);
  await world.createTopics();
  await world.publishCatalog(CATALOG);
  for (const usage of log) {
    world.nowMs = usage.recordMs;
    const { organisation, id, type } = usage;
    const field = FIELDS[type];
    const data = {
      project: `p${usage.thousandths % 3}`,
      ...(field === undefined ? {} : { [field]: quantityOf(usage) }),
    };
    await world.publish([recordOf({ organisation, id, type, timeMs: usage.recordMs - usage.delayMs, data })]);
  }
  world.nowMs = START_MS + SPAN_MS;
  const appendRecordsMax = Math.max(1, batchRecordsMax >> 1);
  const accountsAtOnceMax = 1 + (batchRecordsMax % 3);
  // Postgres has a clock of its own, which is not the one of this test.
  const clockSkewMaxMs = store === undefined ? 0 : Number.POSITIVE_INFINITY;
  await world.start({ settings: { batchRecordsMax, appendRecordsMax, accountsAtOnceMax, clockSkewMaxMs } });
  await world.drained();
  await world.stop();
  return world;
}

/** Half to even of a fraction, in nano-credits: the only rounding there is, at the cumulative level. */
function nanosOf(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  if (twice < denominator) return whole;
  return twice > denominator || whole % 2n === 1n ? whole + 1n : whole;
}

const CREDIT = 1_000_000_000n;

/** What a month's usage of one meter costs, written down from the catalog of this test; `q` in 10⁻³. */
const COSTS: Readonly<Record<UsageType, (q: bigint) => bigint>> = {
  'trace.ingested': (q) => nanosOf(q * CREDIT, 1_000n * 1_000n),
  'llm.completion': (q) => {
    const first = q < 1_000_000n ? q : 1_000_000n;
    return nanosOf((first * 5n + (q - first) * 3n) * CREDIT, 10n * 7n * 1_000n);
  },
  'tool.ran': (q) => ((q + 9_999n) / 10_000n) * 2n * CREDIT,
  'bytes.stored': (q) => nanosOf(q * (q <= 500_000n ? 9n : 4n) * CREDIT, 10n * 11n * 1_000n),
};

/** Cost of an organisation's distinct events by month: a sum and a formula, nothing of the fold. */
function expectedCost(
  log: readonly Usage[],
  organisation: string,
): { readonly ids: Set<string>; readonly costNanos: bigint } {
  const quantities = new Map<string, { type: UsageType; q: bigint }>();
  const ids = new Set<string>();
  for (const usage of log) {
    if (usage.organisation !== organisation || ids.has(usage.id)) continue;
    ids.add(usage.id);
    const month = new Date(usage.recordMs - usage.delayMs).toISOString().slice(0, 7);
    const key = `${month} ${usage.type}`;
    const sum = quantities.get(key) ?? { type: usage.type, q: 0n };
    sum.q += usage.type === 'trace.ingested' ? 1_000n : BigInt(usage.thousandths);
    quantities.set(key, sum);
  }
  let costNanos = 0n;
  for (const { type, q } of quantities.values()) costNanos += COSTS[type](q);
  return { ids, costNanos };
}

/** Records of several organisations, in the log's order of time; some come late, over a cycle's end, and some twice. */
const logs = fc
  .array(
    fc.record({
      organisation: fc.constantFrom(...ORGANISATIONS),
      type: fc.constantFrom(...TYPES),
      thousandths: fc.integer({ min: 0, max: 400_000 }),
      afterMs: fc.integer({ min: 0, max: SPAN_MS - 1 }),
      delayMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 * HOUR_MS })),
      repeats: fc.integer({ min: 0, max: 99_999 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((drawn) => {
    const usages = drawn.map(({ afterMs, repeats: _repeats, ...rest }, n): Usage => {
      const recordMs = START_MS + afterMs;
      // The first event opens the account; none of its usage may lie before that month.
      const delayMs = Math.min(rest.delayMs, recordMs - (START_MS - 20 * DAY_MS));
      return { ...rest, id: `e${n}`, recordMs, delayMs };
    });
    const again = usages.filter((_usage, n) => (drawn[n]?.repeats ?? 0) % 4 === 0);
    const repeated = again.map((usage): Usage => {
      const recordMs = Math.min(START_MS + SPAN_MS - 1, usage.recordMs + 2 * HOUR_MS);
      return { ...usage, recordMs, delayMs: usage.delayMs + (recordMs - usage.recordMs) };
    });
    return [...usages, ...repeated].toSorted((one, other) => one.recordMs - other.recordMs);
  });

/** An account opens with the month of its first usage: usage of the month before it is another rule's business. */
const opensInNovember = (log: readonly Usage[]): Usage[] => {
  const opening = ORGANISATIONS.map((organisation): Usage => ({
    organisation,
    id: 'first',
    type: 'trace.ingested',
    thousandths: 0,
    recordMs: START_MS,
    delayMs: 0,
  }));
  return [...opening, ...log];
};

async function checkAgainstOracle(log: readonly Usage[]): Promise<void> {
  for (const organisation of ORGANISATIONS) {
    const { ids, costNanos } = expectedCost(log, organisation);
    const { events } = await world.account(organisation);
    const lines = events.flatMap((event) => (event.type === 'UsageCharged' ? event.evidence : []));
    expect(new Set(lines.map(({ id }) => id))).toEqual(ids);
    expect(lines).toHaveLength(ids.size);
    const charged = lines.flatMap((line) => line.lines).reduce((sum, line) => sum + line.creditsNanos, 0n);
    expect(charged).toBe(costNanos);
    await pictureOf(world, organisation);
  }
}

describe('the same records in any batches', () => {
  it('I12, I2: same balances, charges, draws, groups and thresholds; and what exact arithmetic says', async () => {
    await fc.assert(
      fc.asyncProperty(logs, fc.integer({ min: 1, max: 50 }), async (drawn, batchRecordsMax) => {
        const log = opensInNovember(drawn);
        await runOf(log, 10_000);
        await checkAgainstOracle(log);
        const whole = await pictureOfAll(world);
        await world.end();
        await runOf(log, batchRecordsMax);
        expect(await pictureOfAll(world)).toEqual(whole);
        await world.end();
      }),
      { numRuns: 25 },
    );
  });
});

describe('on Postgres', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startTestPostgres();
  });
  afterAll(async () => server.stop());

  it('comes to the same as in memory (I6)', async () => {
    const [drawn] = fc.sample(logs, { numRuns: 1, seed: 7 });
    const log = opensInNovember(drawn ?? []);
    await runOf(log, 9);
    const inMemory = await pictureOfAll(world);
    await world.end();
    const store = await PostgresEventStore.connect({ url: await server.createDatabase() });
    await runOf(log, 13, store);
    expect(await pictureOfAll(world)).toEqual(inMemory);
    await checkAgainstOracle(log);
    await world.end();
    await store.close();
  });
});
