import { Segment } from './segment.js';
import type { UsageWindow } from './usage-window.js';

/** Cuts a window's rows into its segments, each with dictionaries of its own. */
export class WindowSegments {
  readonly #segment = new Segment();
  readonly #order: Int32Array;
  readonly #starts: Int32Array;
  readonly #uses: LocalNumbers;
  readonly #names: LocalNumbers;
  readonly #pairs: LocalNumbers;
  readonly #dimensions: LocalNumbers;

  constructor(private readonly window: UsageWindow) {
    const { rows, segments, uses, pairs } = window;
    ({ order: this.#order, starts: this.#starts } = rows.bySegment(segments));
    this.#uses = new LocalNumbers(uses.length);
    this.#names = new LocalNumbers(pairs.size);
    this.#pairs = new LocalNumbers(pairs.size);
    this.#dimensions = new LocalNumbers(rows.dimensions.length);
  }

  /** One of the window's segments; the object is the caller's until the next call. */
  take(number: number): Segment {
    const segment = this.#segment;
    segment.clear();
    for (const numbers of [this.#uses, this.#names, this.#pairs, this.#dimensions]) numbers.clear();
    const { rows } = this.window;
    const end = this.#starts[number + 1] ?? 0;
    for (let at = this.#starts[number] ?? 0; at < end; at++) {
      const row = this.#order[at] ?? 0;
      const use = this.#useOf(rows.use.at(row));
      const dimension = this.#dimensionOf(rows.dimension.at(row));
      segment.pushFrom(rows, row, { use, dimension, hour: rows.hour.at(row) });
    }
    return segment;
  }

  #useOf(number: number): number {
    const use = this.window.uses[number];
    if (this.#uses.isNew(number) && use !== undefined) this.#segment.uses.push(use);
    return this.#uses.of(number);
  }

  #dimensionOf(number: number): number {
    if (this.#dimensions.isNew(number)) {
      const { dimensions } = this.window.rows;
      const own = this.#segment.dimensions;
      for (let at = dimensions.from(number); at < dimensions.to(number); at++)
        own.items.push(this.#pairOf(dimensions.items.at(at)));
      own.close();
    }
    return this.#dimensions.of(number);
  }

  #pairOf(number: number): number {
    if (this.#pairs.isNew(number)) {
      const { pairs } = this.window;
      const dimension = pairs.dimensionOf(number);
      if (this.#names.isNew(dimension)) this.#segment.names.push(pairs.nameOf(dimension));
      this.#segment.pairs.push({ name: this.#names.of(dimension), value: pairs.valueOf(number) });
    }
    return this.#pairs.of(number);
  }
}

/** Numbers of a window as one of its segments counts them, in the order in which they first come. */
class LocalNumbers {
  readonly #local: Int32Array;
  /** The segment that a local number was given in: those of earlier ones do not count. */
  readonly #given: Int32Array;
  #segment = 1;
  #count = 0;

  constructor(size: number) {
    this.#local = new Int32Array(size);
    this.#given = new Int32Array(size);
  }

  clear(): void {
    this.#segment += 1;
    this.#count = 0;
  }

  /** Whether the number has not come yet; it has from now on. */
  isNew(number: number): boolean {
    if (this.#given[number] === this.#segment) return false;
    this.#given[number] = this.#segment;
    this.#local[number] = this.#count++;
    return true;
  }

  of(number: number): number {
    return this.#local[number] ?? 0;
  }
}
