/** Numbers the dimensions and their values that one window or segment meets. */
export class PairTable {
  readonly #dimensions = new Map<string, { readonly number: number; readonly values: Map<string, number> }>();
  readonly #names: string[] = [];
  readonly #dimensionOf: number[] = [];
  readonly #values: string[] = [];

  /** Number of a value of a dimension, from 0. */
  numberOf(name: string, value: string): number {
    let dimension = this.#dimensions.get(name);
    if (dimension === undefined) {
      dimension = { number: this.#names.length, values: new Map() };
      this.#dimensions.set(name, dimension);
      this.#names.push(name);
    }
    let pair = dimension.values.get(value);
    if (pair === undefined) {
      pair = this.#values.length;
      dimension.values.set(value, pair);
      this.#values.push(value);
      this.#dimensionOf.push(dimension.number);
    }
    return pair;
  }

  dimensionOf(pair: number): number {
    return this.#dimensionOf[pair] ?? 0;
  }

  nameOf(dimension: number): string {
    return this.#names[dimension] ?? '';
  }

  valueOf(pair: number): string {
    return this.#values[pair] ?? '';
  }

  get size(): number {
    return this.#values.length;
  }

  clear(): void {
    this.#dimensions.clear();
    this.#names.length = 0;
    this.#dimensionOf.length = 0;
    this.#values.length = 0;
  }
}
