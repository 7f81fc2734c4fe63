import type { Catalog, DimensionLookup, Price, Rate, RateUse } from '@app/metering';
import { areOf, catalogTermsOf, type CatalogTerms } from './catalog-terms.js';
import type { CycleBook } from './cycle-book.js';
import type { Report } from './finding.js';
import type { RateBook } from './rate-book.js';
import type { RateBooks } from './rate-books.js';

/** Under what terms the lines of one rate use must have been charged, by the catalog that the event names. */
export interface UseTerms extends CatalogTerms {
  readonly use: RateUse;
  readonly book: RateBook;
}

/** The terms of one rate use, and its book, which is opened if it has to be; undefined (and a finding) without terms. */
export function termsOf(
  use: RateUse,
  { catalog, books, report }: { catalog: Catalog; books: RateBooks; report: Report },
): UseTerms | undefined {
  let book = books.find(use);
  // What the rate's last event said is mostly what this one says.
  const last = book?.terms;
  const terms = last !== undefined && areOf(last, use, catalog) ? last : catalogTermsOf(use, catalog, report);
  if (terms === undefined) return undefined;
  book ??= books.open(use);
  book.terms = terms;
  const { plan, rateCard, meter, cycle, denominator, fromMs, untilMs, pricedBy } = terms;
  // No spreading: what it makes is put together key by key.
  return { catalog, plan, rateCard, meter, cycle, denominator, fromMs, untilMs, pricedBy, use, book };
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
  const { use, meter } = terms;
  const rate = at.catalog.rateOf(use.plan, at.usageTimeMs, meter, at.dimensionsOf(at.dimensions));
  const price = isOfUse(rate, use) ? rate.price : null;
  if (price === null)
    at.report({
      check: 'rating',
      detail: `usage of ${use.meter} was charged by another rate than the catalog's`,
      field: 'rate',
      stored: use.rate,
      recomputed: rate?.key ?? 'none',
    });
  return price;
}

/** The same without a finding: undefined where it is not the rate that was used. */
export function priceIn(
  { use, meter }: UseTerms,
  at: { readonly lookup: DimensionLookup; readonly usageTimeMs: number; readonly catalog: Catalog },
): Price | undefined {
  const rate = at.catalog.rateOf(use.plan, at.usageTimeMs, meter, at.lookup);
  return isOfUse(rate, use) ? rate.price : undefined;
}

const isOfUse = (rate: Rate | undefined, use: RateUse): rate is Rate =>
  rate !== undefined && rate.key === use.rate && rate.pool === use.pool && rate.rateCard === use.rateCard;

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
