import { SegmentBuilder, type SegmentColumns } from './segment.js';

interface Row {
  readonly use: number;
  readonly dimension: number;
  readonly hour: number;
  events: number;
  firstEvents: number;
  quantityNanos: bigint;
  creditsNanos: bigint;
}

/** Segments of one account and day as one: rows of equal use, dimensions and hour are added up. */
export function mergeSegments(segments: Iterable<SegmentColumns>): SegmentColumns {
  const merged = new SegmentBuilder();
  const rows = new Map<string, Row>();
  for (const segment of segments) addSegment(merged, rows, segment);
  for (const row of rows.values()) merged.add(row);
  return merged;
}

function addSegment(merged: SegmentBuilder, rows: Map<string, Row>, segment: SegmentColumns): void {
  const uses = segment.uses.map((use) => merged.useOf(use));
  const pairs = segment.pairs.map(({ name, value }) => merged.pairOf(segment.names[name] ?? '', value));
  const dimensions = segment.dimensions.map((own) =>
    merged.dimensionsOf(own.map((pair) => pairs[pair] ?? 0).toSorted((a, b) => a - b)),
  );
  segment.use.forEach((ownUse, index) => {
    const use = uses[ownUse] ?? 0;
    const dimension = dimensions[segment.dimension[index] ?? 0] ?? 0;
    const hour = segment.hour[index] ?? 0;
    const key = `${use} ${dimension} ${hour}`;
    let row = rows.get(key);
    if (row === undefined) {
      row = { use, dimension, hour, events: 0, firstEvents: 0, quantityNanos: 0n, creditsNanos: 0n };
      rows.set(key, row);
    }
    row.events += segment.events[index] ?? 0;
    row.firstEvents += segment.firstEvents[index] ?? 0;
    row.quantityNanos += segment.quantity[index] ?? 0n;
    row.creditsNanos += segment.credits[index] ?? 0n;
  });
}
