import { divideHalfEven, NANOS_PER_UNIT, type Catalog, type UsageCharged } from '@app/metering';
import type { Report } from './finding.js';
import type { RateBook } from './rate-book.js';
import { accrualPrice, type UseTerms } from './use-terms.js';

/**
 * What a cycle's end adds to gauges: each last value held up to the end. It has groups and no evidence lines, so the
 * quantities are compared per meter, and the credits per rate use, where they telescope to C(end) − C(before).
 */
export function auditAccrual(
  event: UsageCharged,
  by: {
    readonly terms: readonly (UseTerms | undefined)[];
    readonly catalog: Catalog;
    readonly books: ReadonlyMap<string, RateBook>;
  },
  report: Report,
): void {
  compareOutstanding(event, by.books, report);
  for (const { events, firstEvents } of event.groups)
    if (events !== 0 || firstEvents !== 0)
      report({ check: 'evidence', detail: "what a cycle's end adds to gauges counts usage events" });
  event.uses.forEach((use, index) => {
    const terms = by.terms[index];
    const groups = event.groups.filter((group) => group.use === index);
    const [first] = groups;
    if (terms === undefined || first === undefined) return;
    const deltaUnits = sum(event.samples.filter((sample) => sample.use === index).map((sample) => sample.deltaUnits));
    const dimensionsOf = (dimensions: number): ReadonlyMap<string, string> => new Map(event.dimensions[dimensions]);
    const place = { dimensions: first.dimensions, dimensionsOf, usageTimeMs: use.cycle.endMs - 1 };
    const price = accrualPrice(terms, { ...place, catalog: by.catalog, report });
    if (price === null) return;
    const before = terms.book.units;
    const asked = terms.book.add(deltaUnits, price, terms.denominator);
    const credits = sum(groups.map((group) => group.creditsNanos));
    if (use.isReversible) terms.book.drawnNanos += credits;
    // A volume price may fall as the quantity grows; what cannot go back is cut, and groups do not say how much.
    const isMonotonic = price.document.model !== 'volume';
    if (isMonotonic ? credits !== asked : credits < asked)
      report({
        check: 'rating',
        detail: `what the cycle's end adds to ${use.meter} does not cost C(Q + q) − C(Q)`,
        field: 'creditsNanos',
        stored: String(credits),
        recomputed: String(asked),
      });
    const nanos = nanosOf(before + deltaUnits, terms.denominator) - nanosOf(before, terms.denominator);
    const quantity = sum(groups.map((group) => group.quantityNanos));
    if (quantity !== nanos)
      report({
        check: 'rating',
        detail: `what the cycle's end adds to ${use.meter} is not the sum of its groups`,
        field: 'quantityNanos',
        stored: String(quantity),
        recomputed: String(nanos),
      });
  });
}

function compareOutstanding(event: UsageCharged, books: ReadonlyMap<string, RateBook>, report: Report): void {
  const owed = new Map<string, bigint>();
  for (const book of books.values())
    if (book.isGauge)
      for (const series of book.series.values())
        owed.set(book.meter, (owed.get(book.meter) ?? 0n) + series.outstanding(event.atMs));
  const added = new Map<string, bigint>();
  for (const sample of event.samples) {
    const meter = event.uses[sample.use]?.meter ?? '';
    added.set(meter, (added.get(meter) ?? 0n) + sample.deltaUnits);
  }
  for (const meter of new Set([...owed.keys(), ...added.keys()])) {
    const [stored, recomputed] = [added.get(meter) ?? 0n, owed.get(meter) ?? 0n];
    if (stored !== recomputed)
      report({
        check: 'rating',
        detail: `the cycle's end does not add what the gauges of ${meter} hold`,
        field: 'deltaUnits',
        stored: String(stored),
        recomputed: String(recomputed),
      });
  }
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
const nanosOf = (units: bigint, denominator: bigint): bigint => divideHalfEven(units * NANOS_PER_UNIT, denominator);
