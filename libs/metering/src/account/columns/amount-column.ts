/** The largest magnitude kept as a number: twice that, as a codec that keeps signs in the lowest bit needs, is exact. */
export const SMALL_MAX = 2 ** 52 - 1;

/** Whether a column keeps an integer as a number. */
export const isSmall = (value: number): boolean => value <= SMALL_MAX && value >= -SMALL_MAX;

/** Integers of any size in order, kept as numbers while every one of them is small: a bigint costs an allocation. */
export class AmountColumn {
  #small: number[] | null = [];
  #wide: bigint[] = NONE;

  /** A column of integers that are exact as numbers. The array is the column's from now on. */
  static ofNumbers(values: number[]): AmountColumn {
    const column = new AmountColumn();
    if (areSmall(values)) column.#small = values;
    else for (const value of values) column.pushNumber(value);
    return column;
  }

  get length(): number {
    return this.#small === null ? this.#wide.length : this.#small.length;
  }

  /** All values, or null when one of them is not small. */
  get small(): readonly number[] | null {
    return this.#small;
  }

  /** An integer that is exact as a number. */
  pushNumber(value: number): void {
    if (this.#small === null || !isSmall(value)) this.#widened().push(BigInt(value));
    // Many a column has one value: a list made of it takes a tenth of one that grows.
    else if (this.#small.length === 0) this.#small = [value];
    else this.#small.push(value);
  }

  push(value: bigint): void {
    // Rounding brings no larger value into the range, so that comparing numbers is enough.
    const small = Number(value);
    if (this.#small !== null && isSmall(small)) this.pushNumber(small);
    else this.#widened().push(value);
  }

  /** Adds an integer that is exact as a number to one of the values. */
  addNumber(index: number, value: number): void {
    if (this.#small === null || !isSmall(value)) return this.add(index, BigInt(value));
    const sum = (this.#small[index] ?? 0) + value;
    if (isSmall(sum)) this.#small[index] = sum;
    else this.#widened()[index] = BigInt(sum);
  }

  add(index: number, value: bigint): void {
    const sum = this.at(index) + value;
    const small = Number(sum);
    if (this.#small !== null && isSmall(small)) this.#small[index] = small;
    else this.#widened()[index] = sum;
  }

  /** Pushes a value of another column. */
  pushFrom(from: AmountColumn, index: number): void {
    if (from.#small === null) this.push(from.#wide[index] ?? 0n);
    else this.pushNumber(from.#small[index] ?? 0);
  }

  /** Adds a value of another column to one of this. */
  addFrom(index: number, from: AmountColumn, fromIndex: number): void {
    if (from.#small === null) this.add(index, from.#wide[fromIndex] ?? 0n);
    else this.addNumber(index, from.#small[fromIndex] ?? 0);
  }

  at(index: number): bigint {
    return this.#small === null ? (this.#wide[index] ?? 0n) : BigInt(this.#small[index] ?? 0);
  }

  /** Whether a value equals one of another column. */
  isSame(index: number, other: AmountColumn, otherIndex: number): boolean {
    if (this.#small === null || other.#small === null) return this.at(index) === other.at(otherIndex);
    return this.#small[index] === other.#small[otherIndex];
  }

  /** The sum of the values from one place to before another. */
  sum(from = 0, to = this.length): bigint {
    let sum = 0n;
    if (this.#small === null) {
      for (let index = from; index < to; index += 1) sum += this.#wide[index] ?? 0n;
      return sum;
    }
    // Two small numbers add up exactly.
    let part = 0;
    for (let index = from; index < to; index += 1) {
      part += this.#small[index] ?? 0;
      if (isSmall(part)) continue;
      sum += BigInt(part);
      part = 0;
    }
    return sum + BigInt(part);
  }

  toBigints(): readonly bigint[] {
    return this.#small === null ? this.#wide : this.#small.map(BigInt);
  }

  #widened(): bigint[] {
    if (this.#small !== null) {
      this.#wide = this.#small.map(BigInt);
      this.#small = null;
    }
    return this.#wide;
  }
}

/** No callback: engines that do not inline it make an object of each number for it. */
function areSmall(values: readonly number[]): boolean {
  for (let index = 0; index < values.length; index += 1) if (!isSmall(values[index] ?? 0)) return false;
  return true;
}

/** Nobody writes to it: widening makes a list of the column's own. */
const NONE: bigint[] = [];
