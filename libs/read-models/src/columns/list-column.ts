import { NumberColumn } from './number-column.js';

/** A column of lists of numbers: all items behind each other, and where each list ends. */
export class ListColumn {
  readonly items = new NumberColumn();
  readonly #ends = new NumberColumn();

  /** Of lists. */
  get length(): number {
    return this.#ends.length;
  }

  /** Closes the list whose items were pushed to `items` since the last one; answers its number. */
  close(): number {
    this.#ends.push(this.items.length);
    return this.#ends.length - 1;
  }

  push(list: readonly number[]): number {
    for (const item of list) this.items.push(item);
    return this.close();
  }

  /** Where the items of a list begin in `items`. */
  from(list: number): number {
    return list === 0 ? 0 : this.#ends.at(list - 1);
  }

  /** Where they end. */
  to(list: number): number {
    return this.#ends.at(list);
  }

  clear(): void {
    this.items.clear();
    this.#ends.clear();
  }
}
