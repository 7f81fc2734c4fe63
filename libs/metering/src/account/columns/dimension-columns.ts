import type { DimensionPairs } from '../account-events.js';
import { Dictionary } from './dictionary.js';
import { GatheredNumbers } from './gathered-numbers.js';
import { NumberLists } from './number-lists.js';

/** Combinations of dimensions as columns: of each, which names it has; of each name, the values. */
export interface DimensionTable {
  readonly names: { readonly texts: readonly string[] };
  /** By number of the name. */
  readonly byName: readonly {
    readonly values: { readonly texts: readonly string[] };
    readonly numbers: readonly number[];
  }[];
  /** Lists of names, by number, and the list of each combination. */
  readonly nameLists: { readonly lists: readonly (readonly number[])[] };
  readonly nameListNumbers: readonly number[];
}

/** Combinations of dimensions while they are gathered. */
export class DimensionColumns {
  #names = new Dictionary();
  #values: Dictionary[] = [];
  #nameLists = new NumberLists();
  readonly #nameListNumbers = new GatheredNumbers();
  /** By number of the name; more of them than names where earlier combinations had more. */
  readonly #valueNumbers: GatheredNumbers[] = [];
  readonly #pushed: number[] = [];
  #pushedCount = 0;

  get count(): number {
    return this.#nameListNumbers.length;
  }

  nameNumberOf(name: string): number {
    const number = this.#names.numberOf(name);
    if (number === this.#values.length) this.#values.push(new Dictionary());
    if (number === this.#valueNumbers.length) this.#valueNumbers.push(new GatheredNumbers());
    return number;
  }

  valueNumberOf(name: number, value: string): number {
    return this.#values[name]?.numberOf(value) ?? 0;
  }

  /** One pair, by numbers, of the combination that the next `end` ends. */
  pushPair(name: number, value: number): void {
    const column = this.#valueNumbers[name];
    if (column === undefined) throw new RangeError(`name ${name} has no number`);
    column.push(value);
    this.#pushed[this.#pushedCount++] = name;
  }

  /** Ends a combination and answers its number. */
  end(): number {
    // A list that is emptied gives its room back: it is cut where the last combination had more names.
    if (this.#pushed.length > this.#pushedCount) this.#pushed.length = this.#pushedCount;
    this.#nameListNumbers.push(this.#nameLists.numberOf(this.#pushed));
    this.#pushedCount = 0;
    return this.count - 1;
  }

  /** The combinations, and none are left. */
  take(): DimensionTable {
    const byName = this.#values.map((values, name) => ({ values, numbers: this.#valueNumbers[name]?.take() ?? [] }));
    const nameListNumbers = this.#nameListNumbers.take();
    const taken = { names: this.#names, byName, nameLists: this.#nameLists, nameListNumbers };
    this.#names = new Dictionary();
    this.#values = [];
    this.#nameLists = new NumberLists();
    return taken;
  }
}

/** Combinations as rows. */
export function dimensionRows({ names, byName, nameLists, nameListNumbers }: DimensionTable): DimensionPairs[] {
  const next = byName.map(() => 0);
  return nameListNumbers.map((list) =>
    (nameLists.lists[list] ?? []).map((name) => {
      const at = next[name] ?? 0;
      next[name] = at + 1;
      const column = byName[name];
      return [names.texts[name] ?? '', column?.values.texts[column.numbers[at] ?? 0] ?? ''] as const;
    }),
  );
}

export function dimensionColumnsOf(dimensions: readonly DimensionPairs[]): DimensionTable {
  const columns = new DimensionColumns();
  for (const pairs of dimensions) {
    for (const [text, value] of pairs) {
      const name = columns.nameNumberOf(text);
      columns.pushPair(name, columns.valueNumberOf(name, value));
    }
    columns.end();
  }
  return columns.take();
}
