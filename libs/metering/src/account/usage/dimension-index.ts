import { DimensionColumns, type DimensionTable } from '../columns/dimension-columns.js';
import { PairTable } from './pair-table.js';

/** Names of dimensions in one event. */
const NAMES_MAX = 1_024;

const NO_NAMES: readonly string[] = [];
const NONE = -1;

/** Gathers combinations of dimensions, and finds the number of each, pair by pair, without making a text of it. */
export class DimensionIndex {
  readonly #columns = new DimensionColumns();
  readonly #steps = new PairTable();
  /** By node. */
  readonly #combinations: number[] = [];
  #names = NO_NAMES;
  #nameNumbers: (number | undefined)[] = [];

  get count(): number {
    return this.#columns.count;
  }

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
      node = this.#steps.next(node, this.#columns.valueNumberOf(name, value) * NAMES_MAX + name);
    }
    const known = this.#combinations[node] ?? NONE;
    return known === NONE ? this.#add(node, values) : known;
  }

  /** The combinations, and none are left. */
  take(): DimensionTable {
    this.#combinations.fill(NONE, 0, this.#steps.size + 1);
    this.#steps.clear();
    this.#names = NO_NAMES;
    return this.#columns.take();
  }

  #nameNumber(at: number): number {
    return (this.#nameNumbers[at] ??= this.#columns.nameNumberOf(this.#names[at] ?? ''));
  }

  #add(node: number, values: readonly (string | undefined)[]): number {
    const columns = this.#columns;
    for (let at = 0; at < this.#names.length; at += 1) {
      const value = values[at];
      if (value === undefined) continue;
      const name = this.#nameNumber(at);
      columns.pushPair(name, columns.valueNumberOf(name, value));
    }
    while (this.#combinations.length <= node) this.#combinations.push(NONE);
    return (this.#combinations[node] = columns.end());
  }
}
