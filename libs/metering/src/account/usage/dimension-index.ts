import type { DimensionColumns } from '../columns/dimension-columns.js';
import { PairTable } from './pair-table.js';

/** Names of dimensions in one event. */
const NAMES_MAX = 1_024;

/** Finds the number of a combination of dimensions, pair by pair, without making a text of it. */
export class DimensionIndex {
  readonly #steps = new PairTable();
  readonly #combinations: (number | undefined)[] = [];
  #names: readonly string[] = [];
  #nameNumbers: (number | undefined)[] = [];

  constructor(private readonly columns: DimensionColumns) {}

  /** `names` and `values` stand side by side; undefined is an absent value. */
  of(names: readonly string[], values: readonly (string | undefined)[]): number {
    if (names !== this.#names) {
      this.#names = names;
      this.#nameNumbers = [];
    }
    let node = 0;
    for (let at = 0; at < names.length; at += 1) {
      const value = values[at];
      if (value === undefined) continue;
      const name = this.#nameNumber(at);
      node = this.#steps.next(node, this.columns.valueNumberOf(name, value) * NAMES_MAX + name);
    }
    return (this.#combinations[node] ??= this.#add(values));
  }

  #nameNumber(at: number): number {
    return (this.#nameNumbers[at] ??= this.columns.nameNumberOf(this.#names[at] ?? ''));
  }

  #add(values: readonly (string | undefined)[]): number {
    const { columns } = this;
    for (let at = 0; at < this.#names.length; at += 1) {
      const value = values[at];
      if (value === undefined) continue;
      const name = this.#nameNumber(at);
      columns.pushPair(name, columns.valueNumberOf(name, value));
    }
    return columns.end();
  }
}
