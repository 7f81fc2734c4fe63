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

  pushAll(values: readonly number[]): void {
    for (const value of values) this.push(value);
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
