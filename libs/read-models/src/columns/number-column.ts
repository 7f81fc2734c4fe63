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
    if (this.#length === this.#numbers.length) this.#grow();
    this.#numbers[this.#length++] = value;
  }

  /** Pushes numbers, each with something added. */
  pushAll(values: readonly number[], plus = 0): void {
    const length = this.#length + values.length;
    while (this.#numbers.length < length) this.#grow();
    // No iterator: on arrays of mixed kinds it allocates an object a number.
    for (let index = 0; index < values.length; index += 1)
      this.#numbers[this.#length + index] = (values[index] ?? 0) + plus;
    this.#length = length;
  }

  /** Pushes those of another column. */
  pushColumn(from: NumberColumn, start: number, end: number): void {
    const length = this.#length + end - start;
    while (this.#numbers.length < length) this.#grow();
    this.#numbers.set(from.#numbers.subarray(start, end), this.#length);
    this.#length = length;
  }

  /** Pushes a number so many times. */
  pushTimes(value: number, times: number): void {
    const length = this.#length + times;
    while (this.#numbers.length < length) this.#grow();
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

  #grow(): void {
    const grown = new Float64Array(this.#numbers.length * 2);
    grown.set(this.#numbers);
    this.#numbers = grown;
  }
}
