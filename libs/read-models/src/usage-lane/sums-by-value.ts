import { Segment } from './segment.js';

const NONE = -1;

/**
 * A segment's usage by one dimension at a time: each row has one pair, and is the sum over all hours, pools and
 * outcomes of a meter's usage with that pair. What has no dimension at all is in no row. `sums` is what it is put into.
 */
export function sumsByValue(segment: Segment, sums = new Segment()): Segment {
  sums.clear();
  sums.names.push(...segment.names);
  sums.pairs.push(...segment.pairs);
  sums.pairs.forEach((_, pair) => sums.dimensions.push([pair]));
  const meters = metersOf(segment, sums);
  const width = sums.uses.length;
  const rows = new Int32Array(width * segment.pairs.length).fill(NONE);
  const { items } = segment.dimensions;
  for (let index = 0; index < segment.rows; index++) {
    const use = meters[segment.use.at(index)] ?? 0;
    const list = segment.dimension.at(index);
    const end = segment.dimensions.to(list);
    for (let at = segment.dimensions.from(list); at < end; at++) {
      const dimension = items.at(at);
      const cell = dimension * width + use;
      const row = rows[cell] ?? NONE;
      if (row === NONE) {
        rows[cell] = sums.rows;
        sums.pushFrom(segment, index, { use, dimension, hour: 0 });
      } else sums.addFrom(row, segment, index);
    }
  }
  return sums;
}

/** A use a meter in the sums, and which one stands for each of the segment's. */
function metersOf(segment: Segment, sums: Segment): number[] {
  return segment.uses.map(({ meter }) => {
    const known = sums.uses.findIndex((use) => use.meter === meter);
    return known >= 0 ? known : sums.uses.push({ meter, pool: '', outcome: 'charged' }) - 1;
  });
}
