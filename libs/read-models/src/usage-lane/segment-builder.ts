import { Numbering } from '../columns/numbering.js';
import { PairTable } from './pair-table.js';
import { Segment, type SegmentUse } from './segment.js';

/** Gathers a segment's dictionaries, each entry once. */
export class SegmentBuilder {
  readonly segment = new Segment();
  readonly #uses = new Numbering<string>();
  readonly #pairs = new PairTable();
  readonly #dimensions = new Numbering<string>();

  /** Begins another segment with the same object. */
  clear(): void {
    this.segment.clear();
    for (const known of [this.#uses, this.#pairs, this.#dimensions]) known.clear();
  }

  useOf(use: SegmentUse): number {
    const key = `${use.outcome}\n${use.meter}\n${use.pool}`;
    return this.#uses.numberOf(key, () => this.segment.uses.push(use));
  }

  pairOf(name: string, value: string): number {
    const pair = this.#pairs.numberOf(name, value);
    const dimension = this.#pairs.dimensionOf(pair);
    const { names, pairs } = this.segment;
    if (dimension === names.length) names.push(name);
    if (pair === pairs.length) pairs.push({ name: dimension, value });
    return pair;
  }

  /** A pair that the segment has not: for who knows which ones it has. */
  addPair(name: string, value: string): number {
    const { names, pairs } = this.segment;
    const known = names.indexOf(name);
    return pairs.push({ name: known >= 0 ? known : names.push(name) - 1, value }) - 1;
  }

  /** The list of these pairs, whose order tells nothing. */
  dimensionsOf(pairs: readonly number[]): number {
    const sorted = pairs.toSorted((one, other) => one - other);
    return this.#dimensions.numberOf(sorted.join(), () => this.segment.dimensions.push(sorted));
  }
}
