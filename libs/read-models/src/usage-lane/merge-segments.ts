import { SegmentBuilder } from './segment-builder.js';
import type { Segment } from './segment.js';

const HOURS = 24;

/** Segments of one account and day as one: rows of equal use, dimensions and hour are added up. */
export function mergeSegments(segments: Iterable<Segment>): Segment {
  const merging = new Merging();
  for (const segment of segments) merging.add(segment);
  return merging.merged;
}

/** Whether segments of one account and day add up to the same as others, in whatever rows and order they have it. */
export function haveSameSums(segments: Iterable<Segment>, others: Iterable<Segment>): boolean {
  const merging = new Merging();
  for (const segment of segments) merging.add(segment);
  return merging.isSame(mergeSegments(others));
}

class Merging {
  readonly #builder = new SegmentBuilder();
  /** Rows by their use, then by dimensions and hour in one number. */
  readonly #rows: Map<number, number>[] = [];

  get merged(): Segment {
    return this.#builder.segment;
  }

  add(segment: Segment): void {
    const { merged } = this;
    const { uses, dimensions } = this.#numbersIn(segment);
    for (let index = 0; index < segment.rows; index++) {
      const use = uses[segment.use.at(index)] ?? 0;
      const dimension = dimensions[segment.dimension.at(index)] ?? 0;
      const hour = segment.hour.at(index);
      const found = (this.#rows[use] ??= new Map<number, number>());
      const key = dimension * HOURS + hour;
      const row = found.get(key);
      if (row === undefined) {
        found.set(key, merged.rows);
        merged.pushFrom(segment, index, { use, dimension, hour });
      } else merged.addFrom(row, segment, index);
    }
  }

  /** Whether another merged segment has the same rows: none of its keys stands twice. */
  isSame(other: Segment): boolean {
    const { merged } = this;
    if (merged.rows !== other.rows) return false;
    const { uses, dimensions } = this.#numbersIn(other);
    for (let index = 0; index < other.rows; index++) {
      const key = (dimensions[other.dimension.at(index)] ?? 0) * HOURS + other.hour.at(index);
      const row = this.#rows[uses[other.use.at(index)] ?? 0]?.get(key);
      if (row === undefined || !merged.isSameAt(row, other, index)) return false;
    }
    return true;
  }

  /** The numbers that a segment's uses and dimensions have in the merged one. */
  #numbersIn(segment: Segment): { readonly uses: readonly number[]; readonly dimensions: readonly number[] } {
    const uses = segment.uses.map((use) => this.#builder.useOf(use));
    return { uses, dimensions: dimensionsIn(this.#builder, segment) };
  }
}

function dimensionsIn(builder: SegmentBuilder, { names, pairs, dimensions }: Segment): number[] {
  const numbers = pairs.map(({ name, value }) => builder.pairOf(names[name] ?? '', value));
  return Array.from({ length: dimensions.length }, (_, list) => {
    const own: number[] = [];
    for (let at = dimensions.from(list); at < dimensions.to(list); at++)
      own.push(numbers[dimensions.items.at(at)] ?? 0);
    return builder.dimensionsOf(own);
  });
}
