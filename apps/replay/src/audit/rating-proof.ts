import {
  NANOS_PER_UNIT,
  usageColumnsOf,
  type AmountColumn,
  type Catalog,
  type DimensionLookup,
  type DimensionTable,
  type Price,
  type UsageCharged,
  type UseAmounts,
} from '@app/metering';
import { LIMITS } from '../limits.js';
import { reachedBy } from './charge-column.js';
import type { CycleBook } from './cycle-book.js';
import { DimensionKeys } from './dimension-keys.js';
import { priceIn, type UseTerms } from './use-terms.js';

/** What an event is rated by. */
export interface RatedBy {
  readonly terms: readonly (UseTerms | undefined)[];
  readonly catalog: Catalog;
  readonly cycles: CycleBook;
}

/** The usage times of an event lie between these, inclusive. */
interface Bounds {
  readonly firstMs: number;
  readonly lastMs: number;
}

const NONE: ReadonlySet<number> = new Set();

/**
 * The uses of an event of which every line was charged as the catalog says, column by column: sums and counts in whole
 * nanos, which are nearly all. The event's groups are known to be the sums of its lines, and so to name the dimensions
 * of each use. The books of these uses move along. Of the others nothing is said, and nothing has happened: the general
 * rule goes line by line and names what differs.
 */
export function proveRating(event: UsageCharged, { terms, catalog, cycles }: RatedBy): ReadonlySet<number> {
  const { evidence, groups, dimensions } = usageColumnsOf(event);
  if (evidence.extras.size > 0 || event.samples.length > 0) return NONE;
  // Uses of one book move one quantity, line by line.
  if (haveSharedBook(terms)) return NONE;
  const bounds = boundsOf(evidence.usageTimesMs);
  const proven = new Set<number>();
  for (const [use, amounts] of evidence.amounts) {
    const own = terms[use];
    if (own === undefined || !isInPlace(own, bounds, cycles) || !areMeasured(own, amounts)) continue;
    const combinations = groups.byUse.get(use)?.dimensions ?? [];
    const price = onePrice(own, { combinations, dimensions, catalog, usageTimeMs: bounds.firstMs });
    if (price !== undefined && moveBook(own, price, amounts)) proven.add(use);
  }
  return proven;
}

/** Moves the book of a use along where all its charges are right, and says whether they are. */
function moveBook({ use, book, denominator }: UseTerms, price: Price, amounts: UseAmounts): boolean {
  const from = { units: book.units, costNanos: book.costNanos(price, denominator) };
  const reached = reachedBy(from, amounts, { price, denominator });
  if (reached === undefined) return false;
  if (use.isReversible) book.drawnNanos += reached.costNanos - from.costNanos;
  book.reach(reached, price, denominator);
  return true;
}

function haveSharedBook(terms: readonly (UseTerms | undefined)[]): boolean {
  if (terms.length > LIMITS.provenUsesMax) return true;
  for (let one = 1; one < terms.length; one += 1)
    for (let other = 0; other < one; other += 1) if (terms[one]?.book === terms[other]?.book) return true;
  return false;
}

function boundsOf(timesMs: readonly number[]): Bounds {
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < timesMs.length; index += 1) {
    const timeMs = timesMs[index] ?? 0;
    if (timeMs < firstMs) firstMs = timeMs;
    if (timeMs > lastMs) lastMs = timeMs;
  }
  return { firstMs, lastMs };
}

/** Whether all usage times belong to the use's price version, cycle and plan. */
function isInPlace({ use, fromMs, untilMs }: UseTerms, { firstMs, lastMs }: Bounds, cycles: CycleBook): boolean {
  return (
    firstMs >= fromMs &&
    lastMs < untilMs &&
    firstMs >= use.cycle.startMs &&
    lastMs < use.cycle.endMs &&
    cycles.planThrough(firstMs, lastMs) === use.plan
  );
}

/** Whether the quantities are what a meter says that remembers nothing: one each, or whatever is not below zero. */
function areMeasured({ meter, denominator }: UseTerms, { quantities }: UseAmounts): boolean {
  if (denominator !== NANOS_PER_UNIT) return false;
  // That no quantity is below zero is a condition of the charges' proof.
  return meter.aggregation === 'sum' || (meter.aggregation === 'count' && areOnes(quantities));
}

const ONE_NANOS = Number(NANOS_PER_UNIT);

function areOnes({ small }: AmountColumn): boolean {
  if (small === null) return false;
  for (let line = 0; line < small.length; line += 1) if (small[line] !== ONE_NANOS) return false;
  return true;
}

// Auditing an event never waits, so the room of these keys serves all.
const keys = new DimensionKeys();
const NO_DIMENSIONS: DimensionLookup = new Map();

/** The price that the catalog has for all of a use's combinations of dimensions, if it is one, and of the use's rate. */
function onePrice(
  terms: UseTerms,
  of: {
    readonly combinations: readonly number[];
    readonly dimensions: DimensionTable;
    readonly catalog: Catalog;
    readonly usageTimeMs: number;
  },
): Price | undefined {
  const { combinations, dimensions, catalog, usageTimeMs } = of;
  if (terms.pricedBy.length === 0) return priceIn(terms, { usageTimeMs, catalog, lookup: NO_DIMENSIONS });
  if (!keys.setTo(dimensions, terms.pricedBy)) return undefined;
  let one: Price | undefined;
  const isKnown: boolean[] = [];
  for (let index = 0; index < combinations.length; index += 1) {
    const key = keys.at(combinations[index] ?? 0);
    if (isKnown[key] === true) continue;
    isKnown[key] = true;
    const price = priceIn(terms, { usageTimeMs, catalog, lookup: keys.valuesOf(key) });
    if (price === undefined || (one !== undefined && price !== one)) return undefined;
    one = price;
  }
  return one;
}
