import type { UsageGroup } from '../account-events.js';
import type { AmountColumn } from './amount-column.js';
import { GatheredAmounts } from './gathered-amounts.js';
import { GatheredByUse } from './gathered-by-use.js';
import { GatheredNumbers } from './gathered-numbers.js';

/** The groups of one rate use, one element a group. */
export interface GroupsOfUse {
  readonly dimensions: readonly number[];
  readonly hours: readonly number[];
  readonly events: readonly number[];
  readonly firstEvents: readonly number[];
  readonly quantities: AmountColumn;
  readonly credits: AmountColumn;
}

/** Groups as columns by rate use, in the order of their first groups; `runs` says in which order all of them stand. */
export interface GroupTable {
  readonly runs: readonly { readonly use: number; readonly count: number }[];
  readonly byUse: ReadonlyMap<number, GroupsOfUse>;
}

/** Combinations of dimensions in one event: with hours below 2²³ a group's key stays an exact integer. */
export const DIMENSIONS_MAX = 65_536;

/** What a line is: a usage event's first or a further one, or what accrues and is no usage event's. */
export type Counted = 'first' | 'further' | 'accrual';

const NONE = -1;

/** The groups of one rate use while they are gathered. */
export class UseGroups {
  readonly quantities = new GatheredAmounts();
  readonly credits = new GatheredAmounts();
  readonly #dimensions = new GatheredNumbers();
  readonly #hours = new GatheredNumbers();
  readonly #events = new GatheredNumbers();
  readonly #firstEvents = new GatheredNumbers();
  /** Of each combination of dimensions, the group of its last line. */
  readonly #newest: number[] = [];
  /** Groups of combinations that several hours have. */
  #others: Map<number, number> | undefined;

  get count(): number {
    return this.#dimensions.length;
  }

  /** The group of a line, counted; its amounts are the caller's to add. */
  of(dimensions: number, hour: number, counted: Counted): number {
    const at = this.#at(dimensions, hour);
    if (counted !== 'accrual') this.#events.add(at, 1);
    if (counted === 'first') this.#firstEvents.add(at, 1);
    return at;
  }

  /** A group of its own. */
  push({ dimensions, hour, events, firstEvents, quantityNanos, creditsNanos }: Omit<UsageGroup, 'use'>): void {
    this.#dimensions.push(dimensions);
    this.#hours.push(hour);
    this.#events.push(events);
    this.#firstEvents.push(firstEvents);
    this.quantities.push(quantityNanos);
    this.credits.push(creditsNanos);
  }

  /** The groups, and none are left. */
  take(): GroupsOfUse {
    const dimensions = this.#dimensions.take();
    for (const combination of dimensions) this.#newest[combination] = NONE;
    this.#others = undefined;
    return {
      dimensions,
      hours: this.#hours.take(),
      events: this.#events.take(),
      firstEvents: this.#firstEvents.take(),
      quantities: this.quantities.take(),
      credits: this.credits.take(),
    };
  }

  #at(dimensions: number, hour: number): number {
    const newest = this.#newest[dimensions] ?? NONE;
    if (newest === NONE) return this.#begin(dimensions, hour);
    return this.#hours.at(newest) === hour ? newest : this.#otherHour(dimensions, hour, newest);
  }

  #begin(dimensions: number, hour: number): number {
    const group = this.count;
    this.#dimensions.push(dimensions);
    this.#hours.push(hour);
    this.#events.push(0);
    this.#firstEvents.push(0);
    this.quantities.pushNumber(0);
    this.credits.pushNumber(0);
    return this.#setNewest(dimensions, group);
  }

  /** The group of another hour than the newest of its combination. */
  #otherHour(dimensions: number, hour: number, newest: number): number {
    this.#others ??= new Map();
    this.#others.set(this.#hours.at(newest) * DIMENSIONS_MAX + dimensions, newest);
    const known = this.#others.get(hour * DIMENSIONS_MAX + dimensions);
    return known === undefined ? this.#begin(dimensions, hour) : this.#setNewest(dimensions, known);
  }

  #setNewest(dimensions: number, group: number): number {
    while (this.#newest.length <= dimensions) this.#newest.push(NONE);
    return (this.#newest[dimensions] = group);
  }
}

/** Groups while they are gathered. */
export class GroupColumns {
  readonly #byUse = new GatheredByUse(() => new UseGroups());

  of(use: number): UseGroups {
    return this.#byUse.of(use);
  }

  /** The groups in these runs, and none are left. */
  take(runs: GroupTable['runs']): GroupTable {
    return { runs, byUse: this.#byUse.take((groups) => groups.take()) };
  }
}

/** Groups as rows, in their order. */
export function groupRows({ runs, byUse }: GroupTable): UsageGroup[] {
  const all: UsageGroup[] = [];
  const nextOf = new Map<number, number>();
  for (const { use, count } of runs) {
    const groups = byUse.get(use);
    if (groups === undefined) continue;
    const from = nextOf.get(use) ?? 0;
    nextOf.set(use, from + count);
    for (let at = from; at < from + count; at += 1)
      all.push({
        use,
        dimensions: groups.dimensions[at] ?? 0,
        hour: groups.hours[at] ?? 0,
        events: groups.events[at] ?? 0,
        firstEvents: groups.firstEvents[at] ?? 0,
        quantityNanos: groups.quantities.at(at),
        creditsNanos: groups.credits.at(at),
      });
  }
  return all;
}

export function groupColumnsOf(groups: readonly UsageGroup[]): GroupTable {
  const columns = new GroupColumns();
  const runs: { readonly use: number; count: number }[] = [];
  for (const group of groups) {
    const last = runs.at(-1);
    if (last !== undefined && last.use === group.use) last.count += 1;
    else runs.push({ use: group.use, count: 1 });
    columns.of(group.use).push(group);
  }
  return columns.take(runs);
}
