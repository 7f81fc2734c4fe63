import { parseTime, type Catalog, type DimensionLookup, type Meter, type Price, type RateUse } from '@app/metering';
import type { CycleBook } from './cycle-book.js';
import type { Report } from './finding.js';
import type { RateBook } from './rate-book.js';

/** Under what terms the lines of one rate use must have been charged, by the catalog that the event names. */
export interface UseTerms {
  readonly use: RateUse;
  readonly meter: Meter;
  readonly book: RateBook;
  readonly denominator: bigint;
  /** Usage times from which and before which the named version of the rate card is the effective one. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** By index of the event's dimensions: undefined where not looked up yet, null where the catalog says another rate. */
  readonly prices: (Price | null | undefined)[];
}

/** The terms of one rate use, or undefined (and a finding) where the catalog does not have them. */
export function termsOf(
  use: RateUse,
  { catalog, bookOf, report }: { catalog: Catalog; bookOf: (use: RateUse) => RateBook; report: Report },
): UseTerms | undefined {
  const meter = catalog.meter(use.meter);
  const plan = catalog.plan(use.plan);
  if (meter === undefined || plan?.rateCard !== use.rateCard) {
    const detail = `catalog ${catalog.version} has no ${use.meter} in ${use.rateCard} of plan ${use.plan}`;
    report({ check: 'rating', detail });
    return undefined;
  }
  const card = catalog.document.rateCards.find(({ key }) => key === use.rateCard);
  const starts = (card?.versions ?? []).map(({ effectiveFrom }) => parseTime(effectiveFrom) ?? Number.NaN);
  const at = starts.indexOf(use.effectiveFromMs);
  if (at < 0) {
    report({ check: 'rating', detail: `rate card ${use.rateCard} has no version from ${use.effectiveFromMs}` });
    return undefined;
  }
  return {
    use,
    meter,
    book: bookOf(use),
    denominator: catalog.denominatorIn(meter, use.cycle),
    fromMs: use.effectiveFromMs,
    untilMs: starts[at + 1] ?? Number.POSITIVE_INFINITY,
    prices: [],
  };
}

/** What a price is looked up by. */
interface PricedPlace {
  /** Index into the event's dimensions, and what stands there. */
  readonly dimensions: number;
  readonly dimensionsOf: (index: number) => DimensionLookup;
  readonly usageTimeMs: number;
  readonly catalog: Catalog;
  readonly report: Report;
}

/** The price that the catalog has for these dimensions; null (and a finding) where it is not the rate that was used. */
export function priceFor(terms: UseTerms, at: PricedPlace): Price | null {
  const known = terms.prices[at.dimensions];
  if (known !== undefined) return known;
  const { use, meter } = terms;
  const rate = at.catalog.rateOf(use.plan, at.usageTimeMs, meter, at.dimensionsOf(at.dimensions));
  const isSame =
    rate !== undefined && rate.key === use.rate && rate.pool === use.pool && rate.rateCard === use.rateCard;
  if (!isSame)
    at.report({
      check: 'rating',
      detail: `usage of ${use.meter} was charged by another rate than the catalog's`,
      field: 'rate',
      stored: use.rate,
      recomputed: rate?.key ?? 'none',
    });
  const price = isSame ? rate.price : null;
  terms.prices[at.dimensions] = price;
  return price;
}

/** The price by which the rest of a gauge is charged: its rate goes on, where the catalog still has it. */
export function accrualPrice(terms: UseTerms, at: PricedPlace): Price | null {
  const { use, meter } = terms;
  const rate = at.catalog.rateNamed(use.plan, at.usageTimeMs, meter, use.rate);
  return rate?.pool === use.pool && rate.rateCard === use.rateCard ? rate.price : priceFor(terms, at);
}

/** That the use's cycle is one that the stream knows, in the state that its outcome says. */
export function checkPlace(use: RateUse, cycles: CycleBook, report: Report): void {
  const cycle = cycles.find(use.cycle.startMs);
  const expected = cycle && ({ current: 'charged', ended: 'late', closed: 'adjusted' } as const)[cycle.state];
  if (cycle?.endMs === use.cycle.endMs && expected === use.outcome) return;
  report({
    check: 'rating',
    detail: `usage of ${use.meter} names another cycle or outcome than its stream`,
    field: 'outcome',
    stored: `${use.outcome} to ${use.cycle.endMs}`,
    recomputed: cycle === undefined ? 'no such cycle' : `${expected} to ${cycle.endMs}`,
  });
}
