import { TooManyGroups } from '../errors.js';
import { READ_MODEL_LIMITS } from '../limits.js';
import { KeyedFigures } from '../usage-lane/keyed-figures.js';
import type { Segment } from '../usage-lane/segment.js';
import { addSums, noSums, type Sums } from '../usage-lane/sums.js';

/** Which usage counts, and by what it is added up. `meter` stands beside the catalog's dimensions. */
export interface Grouping {
  readonly groupBy: readonly string[];
  /** Dimension (or `meter`) to the value wanted; the empty text finds usage without one. */
  readonly filter: Readonly<Record<string, string>>;
}

export interface Group {
  readonly values: readonly (string | null)[];
  /** Orders the groups of one window, and names them in cursors. */
  readonly key: string;
  readonly sums: Sums;
}

/** Adds segments up by the values of some dimensions. */
export class UsageGroups {
  readonly #groups = new Map<string, Group>();
  readonly #filters: readonly (readonly [name: string, value: string | null])[];

  constructor(private readonly grouping: Grouping) {
    this.#filters = Object.entries(grouping.filter).map(([name, value]) => [name, value === '' ? null : value]);
  }

  /** Adds the rows of a segment whose hour of the day lies in [fromHour, toHour). @throws {TooManyGroups} */
  add(segment: Segment, fromHour: number, toHour: number): void {
    const dimensions = Array.from({ length: segment.dimensions.length }, (_, list) => this.#valuesOf(segment, list));
    const meters = segment.uses.map(({ meter }) => (this.#passes('meter', meter) ? meter : undefined));
    // By dimensions and use: the key of a group is made once a segment.
    const figures = new KeyedFigures();
    for (let row = 0; row < segment.rows; row++) {
      const hour = segment.hour.at(row);
      const use = segment.use.at(row);
      const dimension = segment.dimension.at(row);
      const isWanted = hour >= fromHour && hour < toHour && meters[use] !== undefined;
      if (isWanted && dimensions[dimension] !== undefined) figures.add(dimension * meters.length + use, segment, row);
    }
    for (const [key, sums] of figures.sums()) {
      const values = dimensions[Math.floor(key / meters.length)] ?? [];
      addSums(this.#sumsOf(meters[key % meters.length] ?? '', values), sums);
    }
  }

  /** In the order of their keys. */
  get sorted(): readonly Group[] {
    return [...this.#groups.values()].toSorted((one, other) => (one.key < other.key ? -1 : 1));
  }

  /** Values of `groupBy` (a meter's place is null), or undefined where a filter does not let them pass. */
  #valuesOf({ names, pairs, dimensions }: Segment, list: number): readonly (string | null)[] | undefined {
    const own = new Map<string, string>();
    for (let at = dimensions.from(list); at < dimensions.to(list); at++) {
      const { name, value } = pairs[dimensions.items.at(at)] ?? { name: 0, value: '' };
      own.set(names[name] ?? '', value);
    }
    for (const [name, value] of this.#filters)
      if (name !== 'meter' && (own.get(name) ?? null) !== value) return undefined;
    return this.grouping.groupBy.map((name) => own.get(name) ?? null);
  }

  #passes(name: string, value: string): boolean {
    return this.#filters.every(([filter, wanted]) => filter !== name || wanted === value);
  }

  /** Adds figures that are summed up already, by their values of `groupBy`. @throws {TooManyGroups} */
  addSums(values: readonly (string | null)[], sums: Readonly<Sums>): void {
    addSums(this.#groupOf(values), sums);
  }

  #sumsOf(meter: string, dimensions: readonly (string | null)[]): Sums {
    return this.#groupOf(
      this.grouping.groupBy.map((name, index) => (name === 'meter' ? meter : (dimensions[index] ?? null))),
    );
  }

  #groupOf(values: readonly (string | null)[]): Sums {
    const key = JSON.stringify(values);
    let group = this.#groups.get(key);
    if (group === undefined) {
      if (this.#groups.size >= READ_MODEL_LIMITS.groupsPerAnswerMax)
        throw new TooManyGroups(`the range has more than ${READ_MODEL_LIMITS.groupsPerAnswerMax} groups`);
      group = { values, key, sums: noSums() };
      this.#groups.set(key, group);
    }
    return group.sums;
  }
}
