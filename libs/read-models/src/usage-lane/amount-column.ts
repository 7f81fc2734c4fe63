import { NumberColumn } from './number-column.js';

/**
 * A column of whole numbers of any size, added up exactly: a number is kept in a double as long as that is a safe
 * integer, where sums of doubles are exact, and as a bigint beside it (its double is NaN) from then on.
 */
export class AmountColumn {
  readonly #small: NumberColumn;
  readonly #large = new Map<number, bigint>();

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
      this.#large.set(this.length, value);
      this.#small.push(Number.NaN);
    }
  }

  /** @param value a safe integer */
  pushSmall(value: number): void {
    this.#small.push(value);
  }

  at(index: number): bigint {
    const small = this.#small.at(index);
    return Number.isNaN(small) ? (this.#large.get(index) ?? 0n) : BigInt(small);
  }

  /** The number as a safe integer; NaN where it is too large for that. */
  smallAt(index: number): number {
    return this.#small.at(index);
  }

  /** Adds a number of another column to one of this. */
  addFrom(index: number, from: AmountColumn, fromIndex: number): void {
    const sum = this.#small.at(index) + from.smallAt(fromIndex);
    if (Number.isSafeInteger(sum)) this.#small.set(index, sum);
    else this.#setLarge(index, this.at(index) + from.at(fromIndex));
  }

  pushFrom(from: AmountColumn, index: number): void {
    const small = from.smallAt(index);
    if (Number.isNaN(small)) this.push(from.at(index));
    else this.#small.push(small);
  }

  clear(): void {
    this.#small.clear();
    this.#large.clear();
  }

  #setLarge(index: number, value: bigint): void {
    this.#large.set(index, value);
    this.#small.set(index, Number.NaN);
  }
}
