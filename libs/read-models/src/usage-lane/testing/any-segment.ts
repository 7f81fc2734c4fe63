import fc from 'fast-check';
import { SegmentBuilder } from '../segment-builder.js';
import type { Segment } from '../segment.js';

/** A row of a segment with names instead of numbers. */
export interface NamedRow {
  readonly meter: string;
  readonly pool: string;
  readonly outcome: 'charged' | 'late' | 'adjusted';
  readonly pairs: Readonly<Record<string, string>>;
  readonly hour: number;
  readonly events: number;
  readonly firstEvents: number;
  readonly quantityNanos: bigint;
  readonly creditsNanos: bigint;
}

/** Whole units, thousandths and single nanos, on both sides of what a double holds exactly, and far beyond. */
const anyAmount = fc.oneof(
  fc.bigInt({ min: -5n, max: 5n }),
  fc.bigInt({ min: -5_000n, max: 5_000n }).map((units) => units * 1_000_000_000n),
  fc.bigInt({ min: -5_000n, max: 5_000n }).map((thousandths) => thousandths * 1_000_000n),
  fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
  fc.bigInt({ min: -(10n ** 45n), max: 10n ** 45n }),
);

export const anyRow: fc.Arbitrary<NamedRow> = fc.record({
  meter: fc.constantFrom('input', 'output'),
  pool: fc.constantFrom('credits', 'tokens'),
  outcome: fc.constantFrom('charged', 'late', 'adjusted'),
  pairs: fc.dictionary(fc.constantFrom('user', 'model'), fc.string({ unit: 'binary', maxLength: 3 })),
  hour: fc.integer({ min: 0, max: 23 }),
  events: fc.nat(),
  firstEvents: fc.nat(),
  quantityNanos: anyAmount,
  creditsNanos: anyAmount,
});

/** A segment with one row each, in order. */
export function segmentOf(rows: readonly NamedRow[]): Segment {
  const builder = new SegmentBuilder();
  const { segment } = builder;
  for (const { meter, pool, outcome, pairs, hour, ...figures } of rows) {
    segment.use.push(builder.useOf({ meter, pool, outcome }));
    const numbers = Object.entries(pairs).map(([name, value]) => builder.pairOf(name, value));
    segment.dimension.push(builder.dimensionsOf(numbers));
    segment.hour.push(hour);
    segment.events.push(figures.events);
    segment.firstEvents.push(figures.firstEvents);
    segment.quantity.push(figures.quantityNanos);
    segment.credits.push(figures.creditsNanos);
  }
  return segment;
}

/** A segment's rows, in order. */
export const rowsOf = (segment: Segment): NamedRow[] =>
  Array.from({ length: segment.rows }, (_, row) => {
    const use = segment.uses[segment.use.at(row)];
    if (use === undefined) throw new RangeError(`row ${row} has no use`);
    return {
      ...use,
      pairs: pairsOf(segment, segment.dimension.at(row)),
      hour: segment.hour.at(row),
      events: segment.events.at(row),
      firstEvents: segment.firstEvents.at(row),
      quantityNanos: segment.quantity.at(row),
      creditsNanos: segment.credits.at(row),
    };
  });

function pairsOf({ names, pairs, dimensions }: Segment, list: number): Record<string, string> {
  const found: Record<string, string> = {};
  for (let at = dimensions.from(list); at < dimensions.to(list); at++) {
    const { name, value } = pairs[dimensions.items.at(at)] ?? { name: -1, value: '' };
    found[names[name] ?? ''] = value;
  }
  return found;
}

/** Rows added up by `keyOf`, naively: what any way of adding up has to come to. Order tells nothing. */
export function addedUp(
  rows: readonly NamedRow[],
  keyOf: (row: NamedRow) => readonly string[],
): Record<string, string> {
  const sums = new Map<string, NamedRow>();
  for (const row of rows)
    for (const key of keyOf(row)) {
      const known = sums.get(key);
      sums.set(key, {
        ...row,
        events: row.events + (known?.events ?? 0),
        firstEvents: row.firstEvents + (known?.firstEvents ?? 0),
        quantityNanos: row.quantityNanos + (known?.quantityNanos ?? 0n),
        creditsNanos: row.creditsNanos + (known?.creditsNanos ?? 0n),
      });
    }
  const shown = (row: NamedRow): string => [row.events, row.firstEvents, row.quantityNanos, row.creditsNanos].join(' ');
  return Object.fromEntries(Array.from(sums, ([key, row]) => [key, shown(row)]));
}
