import { NumberColumn } from './number-column.js';

/** Amounts as events have them: numbers where every one of them is a small integer, else bigints. */
export interface Amounts {
  readonly length: number;
  readonly small: readonly number[] | null;
  at(index: number): bigint;
}

/**
 * A column of whole numbers of any size, added up exactly: a number is kept in a double as long as that is a safe
 * integer, where sums of doubles are exact, and as a bigint beside it (its double is NaN) from then on.
 */
export class AmountColumn {
  readonly #small: NumberColumn;
  #large: Map<number, bigint> | undefined;

  constructor(capacity?: number) {
    this.#small = new NumberColumn(capacity);
  }

  get length(): number {
    return this.#small.length;
  }

  push(value: bigint): void {
    const small = Number(value);
    if (Number.isSafeInteger(small)) this.#small.push(small);
    else {
      this.#small.push(Number.NaN);
      this.#setLarge(this.length - 1, value);
    }
  }

  /** @param value a safe integer */
  pushSmall(value: number): void {
    this.#small.push(value);
  }

  /** Pushes an amount of an event. */
  pushAmount(amounts: Amounts, from: number): void {
    if (amounts.small === null) this.push(amounts.at(from));
    else this.#small.push(amounts.small[from] ?? 0);
  }

  pushAll(amounts: Amounts): void {
    if (amounts.small !== null) this.#small.pushAll(amounts.small);
    else for (let index = 0; index < amounts.length; index += 1) this.push(amounts.at(index));
  }

  /** Pushes those of another column from one place to before another. */
  pushColumn(from: AmountColumn, start: number, end: number): void {
    if (from.#large === undefined) this.#small.pushColumn(from.#small, start, end);
    else for (let index = start; index < end; index += 1) this.pushFrom(from, index);
  }

  at(index: number): bigint {
    const small = this.#small.at(index);
    return Number.isNaN(small) ? (this.#large?.get(index) ?? 0n) : BigInt(small);
  }

  /** In decimal. */
  textAt(index: number): string {
    // Of a large double the text takes three times as long as of a bigint.
    return this.at(index).toString();
  }

  /** The number as a safe integer; NaN where it is too large for that. */
  smallAt(index: number): number {
    return this.#small.at(index);
  }

  /** Adds to the number at a place. */
  add(index: number, value: bigint): void {
    const small = Number(value);
    const sum = this.#small.at(index) + small;
    if (Number.isSafeInteger(small) && Number.isSafeInteger(sum)) this.#small.set(index, sum);
    else this.#setLarge(index, this.at(index) + value);
  }

  /** Adds an amount of an event to the number at a place. */
  addAmount(index: number, amounts: Amounts, from: number): void {
    if (amounts.small === null) return this.add(index, amounts.at(from));
    const sum = this.#small.at(index) + (amounts.small[from] ?? 0);
    if (Number.isSafeInteger(sum)) this.#small.set(index, sum);
    else this.#setLarge(index, this.at(index) + amounts.at(from));
  }

  /** Adds a number of another column to one of this. */
  addFrom(index: number, from: AmountColumn, fromIndex: number): void {
    const sum = this.#small.at(index) + from.smallAt(fromIndex);
    if (Number.isSafeInteger(sum)) this.#small.set(index, sum);
    else this.#setLarge(index, this.at(index) + from.at(fromIndex));
  }

  isSameAt(index: number, other: AmountColumn, otherIndex: number): boolean {
    // What has been large is NaN as a double, which equals nothing.
    return this.smallAt(index) === other.smallAt(otherIndex) || this.at(index) === other.at(otherIndex);
  }

  pushFrom(from: AmountColumn, index: number): void {
    const small = from.smallAt(index);
    if (Number.isNaN(small)) this.push(from.at(index));
    else this.#small.push(small);
  }

  reserve(length: number): void {
    this.#small.reserve(length);
  }

  clear(): void {
    this.#small.clear();
    this.#large = undefined;
  }

  #setLarge(index: number, value: bigint): void {
    this.#large ??= new Map();
    this.#large.set(index, value);
    this.#small.set(index, Number.NaN);
  }
}
