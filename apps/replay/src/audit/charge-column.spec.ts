import { costNanos, NANOS_PER_UNIT, Price, usageColumnsOf, type UsageCharged, type UseAmounts } from '@app/metering';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { reachedBy } from './charge-column.js';

type PriceDocument = Price['document'];

const amount = fc.oneof(
  fc.constantFrom('0', '1', '0.5', '2', '0.000000001', '1000000', '0.333333333', '999999999999'),
  fc.integer({ min: 0, max: 10_000 }).map((n) => String(n / 100)),
);
const per = fc.oneof(fc.constantFrom('1', '3', '1000', '1700', '0.3'), fc.integer({ min: 1, max: 9_999 }).map(String));
const tiers = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 5_000 }), { maxLength: 3 }),
    fc.array(fc.record({ credits: amount, per, flat: fc.option(amount, { nil: undefined }) }), {
      minLength: 4,
      maxLength: 4,
    }),
  )
  .map(([bounds, rows]) =>
    [...bounds.toSorted((a, b) => a - b).map(String), undefined].map((upTo, at) => {
      const { credits = '1', per: each = '1', flat } = rows[at] ?? {};
      return { ...(upTo !== undefined && { upTo }), credits, per: each, ...(flat !== undefined && { flat }) };
    }),
  );
const anyPrice: fc.Arbitrary<PriceDocument> = fc.oneof(
  fc.record({ model: fc.constant('unit' as const), credits: amount, per }),
  fc.record({ model: fc.constant('package' as const), credits: amount, per }),
  fc.record({ model: fc.constant('graduated' as const), tiers }),
  fc.record({ model: fc.constant('volume' as const), tiers }),
);
const anyStart = fc.oneof(
  fc.constant(0n),
  fc.bigInt({ min: 0n, max: 6_000n }).map((n) => n * NANOS_PER_UNIT),
  fc.bigInt({ min: 0n, max: 10n ** 30n }),
);
const anyQuantity = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 4_000 }).map((n) => BigInt(n) * NANOS_PER_UNIT) },
  { weight: 20, arbitrary: fc.bigInt({ min: 0n, max: 5_000_000_000n }) },
  { weight: 10, arbitrary: fc.constantFrom(0n, 1n) },
  { weight: 1, arbitrary: fc.constantFrom(2n ** 51n, 2n ** 52n) },
);
const anyColumn = fc.record({
  document: anyPrice,
  start: anyStart,
  quantities: fc.array(anyQuantity, { minLength: 1, maxLength: 20 }),
});

/** Charges of a column by the general rule, and where they lead. */
function charged({ document, start, quantities }: typeof anyColumn extends fc.Arbitrary<infer T> ? T : never) {
  const price = new Price(document);
  const from = { units: start, costNanos: costNanos(price, start, NANOS_PER_UNIT) };
  let reached = from;
  const credits = quantities.map((quantity) => {
    const units = reached.units + quantity;
    const cost = costNanos(price, units, NANOS_PER_UNIT);
    const charge = cost - reached.costNanos;
    reached = { units, costNanos: cost };
    return charge;
  });
  return { terms: { price, denominator: NANOS_PER_UNIT }, from, credits, reached };
}

function columnOf(quantities: readonly bigint[], credits: readonly bigint[]): UseAmounts {
  const lines = quantities.map((quantityNanos, at) => ({ use: 0, quantityNanos, creditsNanos: credits[at] ?? 0n }));
  const event: Pick<UsageCharged, 'evidence'> = {
    evidence: [
      {
        source: '/s',
        id: 'i',
        contentHash: { contentHigh: 0, contentLow: 0 },
        timeMs: 0,
        usageTimeMs: 0,
        offset: 0n,
        recordTimestampMs: 0,
        dimensions: 0,
        lines,
      },
    ],
  };
  const amounts = usageColumnsOf(event as UsageCharged).evidence.amounts.get(0);
  if (amounts === undefined) throw new Error('no lines');
  return amounts;
}

describe('reachedBy', () => {
  it('proves charges by C(Q + q) − C(Q), and answers what the general rule reaches', () => {
    let proven = 0;
    fc.assert(
      fc.property(anyColumn, (column) => {
        const { terms, from, credits, reached } = charged(column);
        const amounts = columnOf(column.quantities, credits);
        const answer = reachedBy(from, amounts, terms);
        // A price that falls at a tier gives back, and what numbers do not hold is not looked at.
        const isGeneral =
          amounts.quantities.small === null || amounts.credits.small === null || credits.some((charge) => charge < 0n);
        expect(answer).toEqual(isGeneral ? undefined : reached);
        if (!isGeneral) proven += 1;
      }),
      { numRuns: 2_000 },
    );
    expect(proven).toBeGreaterThan(1_000);
  });

  it('proves no other charges, however little they differ', () => {
    const anyChange = fc.record({
      column: anyColumn,
      line: fc.nat(19),
      by: fc.constantFrom(1n, -1n, 10n ** 9n),
      isMoved: fc.boolean(),
    });
    fc.assert(
      fc.property(anyChange, ({ column, line, by, isMoved }) => {
        const { terms, from, credits } = charged(column);
        const at = line % credits.length;
        const changed = credits.map((charge, index) => (index === at ? charge + by : charge));
        // What one line is charged too much the next one is charged too little: the sum stays.
        if (isMoved && at + 1 < changed.length) changed[at + 1] = (changed[at + 1] ?? 0n) - by;
        expect(reachedBy(from, columnOf(column.quantities, changed), terms)).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });
});
