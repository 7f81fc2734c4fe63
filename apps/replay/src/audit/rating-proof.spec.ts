import {
  HOUR_MS,
  type AccountEvent,
  type Catalog,
  type EvidenceLine,
  type EvidenceMeterLine,
  type UsageCharged,
  type UsageGroup,
} from '@app/metering';
import { AccountFixture, catalogFixture, LARGE_CATALOG } from '@app/metering/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CycleBook } from './cycle-book.js';
import { auditEvidence } from './evidence-audit.js';
import type { Finding } from './finding.js';
import { RatingAudit } from './rating-audit.js';

const START_MS = Date.UTC(2026, 2, 1);
const FIRST_VERSION_MS = Date.UTC(2020, 0, 1);
const NEXT_VERSION_MS = START_MS + 20 * HOUR_MS;

/** With a second version of the rate card, so that an append may have two uses of one rate. */
function catalogOfTwoVersions(): Catalog {
  const rateCards = LARGE_CATALOG.rateCards.map(({ key, versions: [first] }) => {
    if (first === undefined) throw new Error('the fixture has a version');
    const rates = first.rates.map((rate) =>
      rate.meter === 'requests' ? { ...rate, price: { model: 'unit' as const, credits: '3', per: '1000' } } : rate,
    );
    return { key, versions: [first, { effectiveFrom: new Date(NEXT_VERSION_MS).toISOString(), rates }] };
  });
  return catalogFixture({ rateCards });
}

const catalog = catalogOfTwoVersions();

/** What the rating of a history finds, event by event; column by column where that is allowed and possible. */
function findingsOf(events: readonly AccountEvent[], isByColumn: boolean): { found: object[]; proven: number } {
  const found: object[] = [];
  let proven = 0;
  const cycles = new CycleBook();
  const rating = new RatingAudit(cycles);
  events.forEach((event, revision) => {
    const report = (finding: Partial<Finding>): void => void found.push({ revision, ...finding });
    const areSums = isByColumn && event.type === 'UsageCharged' && auditEvidence(event, () => undefined);
    if (areSums) proven += 1;
    rating.take(event, { catalog, areSums }, report);
    cycles.take(event);
  });
  return { found, proven };
}

const anyUsage = fc.record({
  type: fc.oneof(
    { weight: 12, arbitrary: fc.constant('llm') },
    { weight: 3, arbitrary: fc.constant('tool') },
    { weight: 1, arbitrary: fc.constantFrom('gpu', 'peak') },
  ),
  model: fc.constantFrom('large', 'bulk', 'bulk', 'small', undefined),
  project: fc.constantFrom('p-1', 'p-2', undefined),
  value: fc.nat(1_500),
});
const anyBatches = fc.array(
  fc.record({
    hours: fc.oneof(fc.nat(30), fc.constant(700)),
    apartMs: fc.constantFrom(1, 3 * HOUR_MS),
    usage: fc.array(anyUsage, { minLength: 3, maxLength: 8 }),
  }),
  { minLength: 1, maxLength: 6 },
);

function historyOf(batches: typeof anyBatches extends fc.Arbitrary<infer T> ? T : never): readonly AccountEvent[] {
  const account = new AccountFixture(catalog);
  let atMs = START_MS;
  batches.forEach(({ hours, apartMs, usage }, batch) => {
    atMs += hours * HOUR_MS;
    account.use(
      ...usage.map(({ type, model, project, value }, index) => ({
        id: `u-${batch}-${index}`,
        type,
        time: new Date(atMs + index * apartMs).toISOString(),
        at: new Date(atMs + usage.length * apartMs).toISOString(),
        data: {
          ...(model !== undefined && { model }),
          ...(project !== undefined && { project }),
          tokens: value,
          size: value,
          hours: '0.25',
          replicas: value,
          hardware: 't4',
        },
      })),
    );
  });
  return account.events;
}

/** An event in rows: one that was decided has getters, which spreading would not copy. */
function inRows(event: UsageCharged): UsageCharged {
  const { type, atMs, feed, catalogVersion, uses, dimensions, groups } = event;
  const { draws, samples, refundGrants, payments, days, evidence } = event;
  const tables = { uses, dimensions, groups, draws, samples, refundGrants, payments, days, evidence };
  return { type, atMs, feed, catalogVersion, ...tables };
}

interface Place {
  /** Of the usage event, of its meter line, and how much is changed. */
  readonly line: number;
  readonly place: number;
  readonly by: bigint;
}

/** Evidence with the groups that it adds up to, so that only the rating can tell. */
function regrouped(evidence: readonly EvidenceLine[]): Pick<UsageCharged, 'evidence' | 'groups'> {
  const groups = new Map<string, UsageGroup>();
  for (const { usageTimeMs, dimensions, lines } of evidence)
    for (const [place, { use, quantityNanos, creditsNanos }] of lines.entries()) {
      const hour = Math.floor(usageTimeMs / HOUR_MS);
      const key = [use, hour, dimensions].join(' ');
      const sum = groups.get(key);
      groups.set(key, {
        use,
        dimensions,
        hour,
        events: (sum?.events ?? 0) + 1,
        firstEvents: (sum?.firstEvents ?? 0) + (place === 0 ? 1 : 0),
        quantityNanos: (sum?.quantityNanos ?? 0n) + quantityNanos,
        creditsNanos: (sum?.creditsNanos ?? 0n) + creditsNanos,
      });
    }
  return { evidence, groups: [...groups.values()] };
}

/** Changes one meter line. */
function changed(
  evidence: readonly EvidenceLine[],
  { line, place }: Pick<Place, 'line' | 'place'>,
  change: (line: EvidenceMeterLine) => Partial<EvidenceMeterLine>,
): EvidenceLine[] {
  return evidence.map((of, index) =>
    index === line % evidence.length
      ? { ...of, lines: of.lines.map((m, at) => (at === place % of.lines.length ? { ...m, ...change(m) } : m)) }
      : of,
  );
}

const CHANGES: Readonly<Record<string, (event: UsageCharged, place: Place) => Partial<UsageCharged>>> = {
  nothing: () => ({}),
  'credits of a line': ({ evidence }, at) =>
    regrouped(changed(evidence, at, ({ creditsNanos }) => ({ creditsNanos: creditsNanos + at.by }))),
  'the quantity of a line': ({ evidence }, at) =>
    regrouped(changed(evidence, at, ({ quantityNanos }) => ({ quantityNanos: quantityNanos + at.by }))),
  'credits from one line to the next': ({ evidence }, at) => {
    const less = changed(evidence, at, ({ creditsNanos }) => ({ creditsNanos: creditsNanos - at.by }));
    const next = { ...at, line: at.line + 1 };
    return regrouped(changed(less, next, ({ creditsNanos }) => ({ creditsNanos: creditsNanos + at.by })));
  },
  'a use that is listed twice': ({ uses, evidence }, at) => {
    const lines = evidence[at.line % evidence.length]?.lines ?? [];
    const use = lines[at.place % lines.length]?.use ?? 0;
    return {
      uses: uses.flatMap((each, index) => (index === uses.length - 1 ? [each, uses[use] ?? each] : [each])),
      ...regrouped(changed(evidence, at, () => ({ use: uses.length }))),
    };
  },
  'values of dimensions': ({ dimensions }) => ({
    dimensions: dimensions.map((pairs) => pairs.map(([name, value]) => [name, value === 'large' ? 'bulk' : value])),
  }),
  'the model of one combination': ({ dimensions }, { line }) => ({
    dimensions: dimensions.map((pairs, at) =>
      at === line % dimensions.length ? pairs.map(([name, value]) => [name, name === 'model' ? 'bulk' : value]) : pairs,
    ),
  }),
  'a dimension named twice': ({ dimensions }) => ({
    dimensions: dimensions.map((pairs) => [['model', 'bulk'] as const, ...pairs]),
  }),
  'the price version': ({ uses }) => ({
    uses: uses.map((use) => ({ ...use, effectiveFromMs: use.effectiveFromMs + 1 })),
  }),
  'another version of the rate card': ({ uses }, { line }) => ({
    uses: uses.map((use) => ({ ...use, effectiveFromMs: line % 2 === 0 ? NEXT_VERSION_MS : FIRST_VERSION_MS })),
  }),
  'the plan': ({ uses }) => ({ uses: uses.map((use) => ({ ...use, plan: 'rolling' })) }),
  'the pool': ({ uses }) => ({ uses: uses.map((use) => ({ ...use, pool: 'other' })) }),
  'the rate of a use': ({ uses }, { line }) => ({
    uses: uses.map((use) => ({ ...use, rate: uses[line % uses.length]?.rate ?? use.rate })),
  }),
  'the end of the cycle': ({ uses }, { by }) => ({
    uses: uses.map((use) => ({ ...use, cycle: { ...use.cycle, endMs: use.cycle.endMs - Number(by) } })),
  }),
  'the times of usage': ({ evidence }) =>
    regrouped(evidence.map((line) => ({ ...line, usageTimeMs: line.usageTimeMs - 720 * HOUR_MS }))),
};

const anyForgery = fc.record({
  change: fc.constantFrom(...Object.keys(CHANGES)),
  event: fc.nat(9),
  line: fc.nat(9),
  place: fc.nat(2),
  by: fc.constantFrom(1n, -1n, 1_000_000_000n),
});

describe('the proof by columns', () => {
  it('finds what going line by line finds, in whatever was forged', () => {
    let proven = 0;
    let forged = 0;
    fc.assert(
      fc.property(anyBatches, anyForgery, (batches, { change, event: chosen, ...place }) => {
        const events = historyOf(batches);
        const charged = events.filter((event) => event.type === 'UsageCharged');
        const target = charged[chosen % charged.length];
        const history = events.map((event) =>
          event === target ? { ...inRows(target), ...CHANGES[change]?.(inRows(target), place) } : event,
        );
        const byColumn = findingsOf(history, true);
        expect(byColumn.found).toEqual(findingsOf(history, false).found);
        proven += byColumn.proven;
        if (byColumn.found.length > 0) forged += 1;
      }),
      { numRuns: 500 },
    );
    expect(proven).toBeGreaterThan(500);
    expect(forged).toBeGreaterThan(100);
  });
});
