import { divideHalfEven, NANOS_PER_UNIT, type DimensionLookup } from '@app/metering';
import type { LineCursor } from './line-cursor.js';
import type { SampleQueue } from './sample-queue.js';
import type { UseTerms } from './use-terms.js';

/** Sums that need no sample of their own, by rate use of one event. */
export type ExactSums = Map<number, bigint>;

/** What is known of an event beside its lines. */
interface LineContext {
  readonly dimensionsOf: (index: number) => DimensionLookup;
  readonly samples: SampleQueue;
  readonly exact: ExactSums;
}

/**
 * What is wrong with the quantity that a line adds to its meter, as far as evidence and samples tell; undefined when
 * nothing is. The book is moved along for meters that remember values or points.
 */
export function quantityFault(terms: UseTerms, line: LineCursor, context: LineContext): string | undefined {
  const isExact = terms.denominator === NANOS_PER_UNIT;
  if (isExact && line.isPlain) {
    // Nearly all lines: whole nanos, no product, and a meter that remembers nothing.
    const { aggregation } = terms.meter;
    if (aggregation === 'count') return line.quantityNanos === NANOS_PER_UNIT ? undefined : 'a count adds one';
    if (aggregation === 'sum') return line.quantityNanos < 0n ? 'a sum never falls' : undefined;
  }
  if (isExact === line.hasExactQuantity) return 'the exact quantity is missing, or not called for';
  const delta = line.deltaUnits;
  const before = terms.book.units;
  if (before + delta < 0n) return 'the cumulative quantity falls below zero';
  if (!isExact) {
    const rounded = nanosOf(before + delta, terms.denominator) - nanosOf(before, terms.denominator);
    if (rounded !== line.quantityNanos) return 'the quantity is not what the exact one rounds to';
  }
  const product = productOf(terms, line, context);
  if (typeof product === 'string') return product;
  return byAggregation(terms, { line, delta, product }, context);
}

const nanosOf = (units: bigint, denominator: bigint): bigint => divideHalfEven(units * NANOS_PER_UNIT, denominator);

/** The product of the inputs where there are any; a text says what is wrong with them. */
function productOf(terms: UseTerms, line: LineCursor, { dimensionsOf }: LineContext): bigint | string | undefined {
  const { inputs } = line;
  if (inputs === undefined) return undefined;
  const { fields, factor } = terms.meter;
  if (inputs.length !== fields.length + (factor === undefined ? 0 : 1)) return 'the inputs are not those of the meter';
  if (factor !== undefined && factor.values.get(dimensionsOf(line.dimensions).get(factor.by) ?? '') !== inputs.at(-1))
    return 'the factor is not the one of the catalog';
  return inputs.reduce((product, input) => product * input, 1n);
}

/** A line, what it adds to the meter, and the product of its inputs. */
interface MeasuredLine {
  readonly line: LineCursor;
  readonly delta: bigint;
  readonly product: bigint | undefined;
}

function byAggregation(terms: UseTerms, measured: MeasuredLine, { samples, exact }: LineContext): string | undefined {
  const { line, delta, product } = measured;
  const { use } = line;
  const { book, meter } = terms;
  const addExact = (): void => {
    if (line.hasExactQuantity) exact.set(use, (exact.get(use) ?? 0n) + delta);
  };
  switch (meter.aggregation) {
    case 'count':
      return delta === NANOS_PER_UNIT ? undefined : 'a count adds one';
    case 'sum':
      addExact();
      if (product !== undefined && product !== delta) return 'the quantity is not the product of its inputs';
      return delta < 0n ? 'a sum never falls' : undefined;
    case 'max': {
      addExact();
      if (delta < 0n) return 'a maximum never falls';
      const risen = product === undefined ? delta : product > book.units ? product - book.units : 0n;
      return risen === delta ? undefined : 'the maximum does not rise to the product of the inputs';
    }
    case 'unique': {
      if (delta === 0n) return undefined;
      const value = samples.take(use)?.value;
      if (delta !== NANOS_PER_UNIT || value === undefined) return 'a new value adds one, and is named';
      if (book.values.has(value)) return `the value ${value} counted before`;
      book.values.add(value);
      return undefined;
    }
    case 'latest':
    case 'time-weighted':
      return byPoint(terms, measured, samples);
  }
}

function byPoint(terms: UseTerms, { line, delta, product }: MeasuredLine, samples: SampleQueue): string | undefined {
  const { book, meter, use } = terms;
  const point = samples.next(line.use)?.point;
  const isOwn = point !== undefined && point.source === line.source && point.id === line.id;
  if (!isOwn && meter.aggregation === 'latest')
    return delta === 0n ? undefined : 'a line without a sample is not the newest of its series and adds nothing';
  samples.take(line.use);
  if (!isOwn) return 'a gauge has a sample of every event';
  if (point.usageTimeMs !== line.usageTimeMs || point.timeMs !== line.timeMs) return 'the sample is of another time';
  if (product !== undefined && product !== point.valueUnits) return 'the sample is not the product of the inputs';
  const series = book.seriesOf(point.series);
  book.isGauge = meter.aggregation === 'time-weighted';
  const endMs = use.outcome === 'charged' ? undefined : use.cycle.endMs;
  const added = meter.aggregation === 'latest' ? series.addNewest(point) : series.addSample(point, endMs);
  return added === delta ? undefined : `the sample adds ${added} units, and ${delta} were charged`;
}
