import { TooManyGroups } from '../errors.js';
import { READ_MODEL_LIMITS } from '../limits.js';
import type { SegmentColumns } from '../usage-lane/segment.js';
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
  add(columns: SegmentColumns, fromHour: number, toHour: number): void {
    const dimensions = columns.dimensions.map((pairs) => this.#valuesOf(columns, pairs));
    const meters = columns.uses.map(({ meter }) => (this.#passes('meter', meter) ? meter : undefined));
    // Of one segment, by use and dimensions: most rows find their group without making its key.
    const found = new Map<number, Sums>();
    columns.use.forEach((use, index) => {
      const hour = columns.hour[index] ?? 0;
      if (hour < fromHour || hour >= toHour) return;
      const meter = meters[use];
      const dimension = columns.dimension[index] ?? 0;
      const values = dimensions[dimension];
      if (meter === undefined || values === undefined) return;
      const local = dimension * columns.uses.length + use;
      let sums = found.get(local);
      if (sums === undefined) found.set(local, (sums = this.#sumsOf(meter, values)));
      sums.events += columns.events[index] ?? 0;
      sums.firstEvents += columns.firstEvents[index] ?? 0;
      sums.quantityNanos += columns.quantity[index] ?? 0n;
      sums.creditsNanos += columns.credits[index] ?? 0n;
    });
  }

  /** In the order of their keys. */
  get sorted(): readonly Group[] {
    return [...this.#groups.values()].toSorted((one, other) => (one.key < other.key ? -1 : 1));
  }

  /** Values of `groupBy` (a meter's place is null), or undefined where a filter does not let them pass. */
  #valuesOf(columns: SegmentColumns, pairs: readonly number[]): readonly (string | null)[] | undefined {
    const own = new Map<string, string>();
    for (const pair of pairs) {
      const { name, value } = columns.pairs[pair] ?? { name: 0, value: '' };
      own.set(columns.names[name] ?? '', value);
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
