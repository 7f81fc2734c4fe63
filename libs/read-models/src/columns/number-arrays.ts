/** Columns of numbers for `unnest`, each as the text of a Postgres array: far cheaper than one parameter a value. */
export class NumberArrays {
  readonly #columns: string[][];

  constructor(width: number) {
    this.#columns = Array.from({ length: width }, () => []);
  }

  add(row: readonly (number | bigint)[]): void {
    row.forEach((value, index) => this.#columns[index]?.push(value.toString()));
  }

  get rows(): number {
    return this.#columns[0]?.length ?? 0;
  }

  get values(): string[] {
    return this.#columns.map((column) => `{${column.join(',')}}`);
  }
}
