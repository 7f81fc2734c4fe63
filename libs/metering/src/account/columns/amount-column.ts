/** The largest magnitude kept as a number: twice that, as a codec that keeps signs in the lowest bit needs, is exact. */
export const SMALL_MAX = 2 ** 52 - 1;

/** Integers of any size in order, kept as numbers while every one of them is small: a bigint costs an allocation. */
export class AmountColumn {
  #small: number[] | null = [];
  #wide: bigint[] = [];

  get length(): number {
    return this.#small === null ? this.#wide.length : this.#small.length;
  }

  /** All values, or null when one of them is not small. */
  get small(): readonly number[] | null {
    return this.#small;
  }

  /** An integer that is exact as a number. */
  pushNumber(value: number): void {
    if (this.#small !== null && value <= SMALL_MAX && value >= -SMALL_MAX) this.#small.push(value);
    else this.#widened().push(BigInt(value));
  }

  push(value: bigint): void {
    // Rounding brings no larger value into the range, so that comparing numbers is enough.
    const small = Number(value);
    if (this.#small !== null && small <= SMALL_MAX && small >= -SMALL_MAX) this.#small.push(small);
    else this.#widened().push(value);
  }

  /** Adds an integer that is exact as a number to one of the values. */
  addNumber(index: number, value: number): void {
    if (this.#small === null || value > SMALL_MAX || value < -SMALL_MAX) return this.add(index, BigInt(value));
    const sum = (this.#small[index] ?? 0) + value;
    if (sum <= SMALL_MAX && sum >= -SMALL_MAX) this.#small[index] = sum;
    else this.#widened()[index] = BigInt(sum);
  }

  add(index: number, value: bigint): void {
    const sum = this.at(index) + value;
    const small = Number(sum);
    if (this.#small !== null && small <= SMALL_MAX && small >= -SMALL_MAX) this.#small[index] = small;
    else this.#widened()[index] = sum;
  }

  at(index: number): bigint {
    return this.#small === null ? (this.#wide[index] ?? 0n) : BigInt(this.#small[index] ?? 0);
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
