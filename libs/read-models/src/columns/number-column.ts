const CAPACITY_MIN = 16;

/** A column of numbers outside of the garbage collector's reach; it grows as it is filled. */
export class NumberColumn {
  #numbers: Float64Array;
  #length = 0;

  constructor(capacity = CAPACITY_MIN) {
    this.#numbers = new Float64Array(Math.max(CAPACITY_MIN, capacity));
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#numbers.length) this.reserve(this.#length + 1);
    this.#numbers[this.#length++] = value;
  }

  /** Pushes numbers, each with something added. */
  pushAll(values: readonly number[], plus = 0): void {
    const length = this.#length + values.length;
    this.reserve(length);
    // No iterator: on arrays of mixed kinds it allocates an object a number.
    for (let index = 0; index < values.length; index += 1)
      this.#numbers[this.#length + index] = (values[index] ?? 0) + plus;
    this.#length = length;
  }

  /** Pushes those of another column. */
  pushColumn(from: NumberColumn, start: number, end: number): void {
    const length = this.#length + end - start;
    this.reserve(length);
    this.#numbers.set(from.#numbers.subarray(start, end), this.#length);
    this.#length = length;
  }

  /** Pushes a number so many times. */
  pushTimes(value: number, times: number): void {
    const length = this.#length + times;
    this.reserve(length);
    this.#numbers.fill(value, this.#length, length);
    this.#length = length;
  }

  /** NaN beyond the end. */
  at(index: number): number {
    return index < this.#length ? (this.#numbers[index] ?? Number.NaN) : Number.NaN;
  }

  set(index: number, value: number): void {
    this.#numbers[index] = value;
  }

  clear(): void {
    this.#length = 0;
  }

  /** Makes room for so many numbers at once. */
  reserve(length: number): void {
    if (length <= this.#numbers.length) return;
    const grown = new Float64Array(Math.max(length, this.#numbers.length * 2));
    grown.set(this.#numbers);
    this.#numbers = grown;
  }
}
