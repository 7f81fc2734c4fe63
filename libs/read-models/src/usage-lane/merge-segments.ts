import { SegmentBuilder } from './segment-builder.js';
import type { Segment } from './segment.js';

const HOURS = 24;

/** Segments of one account and day as one: rows of equal use, dimensions and hour are added up. */
export function mergeSegments(segments: Iterable<Segment>): Segment {
  const builder = new SegmentBuilder();
  // Rows by their use, then by dimensions and hour in one number.
  const rows: Map<number, number>[] = [];
  for (const segment of segments) addSegment(builder, rows, segment);
  return builder.segment;
}

function addSegment(builder: SegmentBuilder, rows: Map<number, number>[], segment: Segment): void {
  const merged = builder.segment;
  const uses = segment.uses.map((use) => builder.useOf(use));
  const dimensions = dimensionsIn(builder, segment);
  for (let index = 0; index < segment.rows; index++) {
    const use = uses[segment.use.at(index)] ?? 0;
    const dimension = dimensions[segment.dimension.at(index)] ?? 0;
    const hour = segment.hour.at(index);
    const found = (rows[use] ??= new Map<number, number>());
    const key = dimension * HOURS + hour;
    const row = found.get(key);
    if (row === undefined) {
      found.set(key, merged.rows);
      merged.pushFrom(segment, index, { use, dimension, hour });
    } else merged.addFrom(row, segment, index);
  }
}

/** The numbers that a segment's dimensions have in the merged one. */
function dimensionsIn(builder: SegmentBuilder, { names, pairs, dimensions }: Segment): number[] {
  const numbers = pairs.map(({ name, value }) => builder.pairOf(names[name] ?? '', value));
  return Array.from({ length: dimensions.length }, (_, list) => {
    const own: number[] = [];
    for (let at = dimensions.from(list); at < dimensions.to(list); at++)
      own.push(numbers[dimensions.items.at(at)] ?? 0);
    return builder.dimensionsOf(own);
  });
}
