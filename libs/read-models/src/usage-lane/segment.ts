import type { RateUse } from '@app/metering';

export type Outcome = RateUse['outcome'];

/** What rows of a segment have in common. */
export interface SegmentUse {
  readonly meter: string;
  readonly pool: string;
  readonly outcome: Outcome;
}

/** Name and value of one dimension, as an index into `SegmentColumns.names`. */
export interface SegmentPair {
  readonly name: number;
  readonly value: string;
}

/**
 * Usage of one account and UTC day, in columns: row i has use `uses[use[i]]`, dimensions `dimensions[dimension[i]]`
 * (indexes into `pairs`), hour of the day `hour[i]`, and its figures. Rows of equal keys may stand several times.
 */
export interface SegmentColumns {
  readonly uses: readonly SegmentUse[];
  readonly names: readonly string[];
  readonly pairs: readonly SegmentPair[];
  readonly dimensions: readonly (readonly number[])[];
  readonly use: readonly number[];
  readonly dimension: readonly number[];
  readonly hour: readonly number[];
  /** Meter lines. */
  readonly events: readonly number[];
  /** Usage events, each in the row of its first meter line. */
  readonly firstEvents: readonly number[];
  readonly quantity: readonly bigint[];
  readonly credits: readonly bigint[];
}

/** Numbers things in the order in which they first come. */
export class Numbering<K> {
  readonly #numbers = new Map<K, number>();

  /** The thing's number; `add` is called when it is new. */
  numberOf(key: K, add: () => void): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(key, number);
      add();
    }
    return number;
  }
}

/** Gathers one segment's columns. */
export class SegmentBuilder implements SegmentColumns {
  readonly uses: SegmentUse[] = [];
  readonly names: string[] = [];
  readonly pairs: SegmentPair[] = [];
  readonly dimensions: (readonly number[])[] = [];
  readonly use: number[] = [];
  readonly dimension: number[] = [];
  readonly hour: number[] = [];
  readonly events: number[] = [];
  readonly firstEvents: number[] = [];
  readonly quantity: bigint[] = [];
  readonly credits: bigint[] = [];
  readonly #uses = new Numbering<string>();
  readonly #names = new Numbering<string>();
  readonly #pairs: Numbering<string>[] = [];
  readonly #dimensions = new Numbering<string>();

  useOf(use: SegmentUse): number {
    const key = `${use.outcome}\n${use.meter}\n${use.pool}`;
    return this.#uses.numberOf(key, () => this.uses.push(use));
  }

  pairOf(name: string, value: string): number {
    const number = this.#names.numberOf(name, () => {
      this.names.push(name);
      this.#pairs.push(new Numbering());
    });
    const values = this.#pairs[number];
    if (values === undefined) throw new RangeError(`dimension ${number} has no values`);
    // Pairs are numbered over all names; each name finds its own by value.
    const local = values.numberOf(value, () => {
      this.#places[number] ??= [];
      this.#places[number].push(this.pairs.length);
      this.pairs.push({ name: number, value });
    });
    return this.#places[number]?.[local] ?? 0;
  }
  readonly #places: number[][] = [];

  /** Dimensions that nobody will look up again: a window does not look for equal ones. */
  addDimensions(pairs: readonly number[]): number {
    return this.dimensions.push(pairs) - 1;
  }

  /** Dimensions by their pairs, found again when they come again: for merging. */
  dimensionsOf(pairs: readonly number[]): number {
    return this.#dimensions.numberOf(pairs.join(), () => this.dimensions.push(pairs));
  }

  add(row: {
    readonly use: number;
    readonly dimension: number;
    readonly hour: number;
    readonly events: number;
    readonly firstEvents: number;
    readonly quantityNanos: bigint;
    readonly creditsNanos: bigint;
  }): void {
    this.use.push(row.use);
    this.dimension.push(row.dimension);
    this.hour.push(row.hour);
    this.events.push(row.events);
    this.firstEvents.push(row.firstEvents);
    this.quantity.push(row.quantityNanos);
    this.credits.push(row.creditsNanos);
  }
}
