import type { UsageGroup } from '../account-events.js';
import { AmountColumn } from './amount-column.js';

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

/** The groups of one rate use while they are gathered. */
export class UseGroups implements GroupsOfUse {
  dimensions: number[] = [];
  hours: number[] = [];
  events: number[] = [];
  firstEvents: number[] = [];
  readonly quantities = new AmountColumn();
  readonly credits = new AmountColumn();

  get count(): number {
    return this.dimensions.length;
  }

  /** A new group with nothing in it; answers its number. */
  begin(dimensions: number, hour: number): number {
    this.quantities.pushNumber(0);
    this.credits.pushNumber(0);
    if (this.count === 0) {
      // Many a use has one group: lists made of it take a tenth of those that grow.
      this.dimensions = [dimensions];
      this.hours = [hour];
      this.events = [0];
      this.firstEvents = [0];
    } else {
      this.dimensions.push(dimensions);
      this.hours.push(hour);
      this.events.push(0);
      this.firstEvents.push(0);
    }
    return this.count - 1;
  }
}

/** Groups while they are gathered. */
export class GroupColumns implements GroupTable {
  readonly runs: { readonly use: number; count: number }[] = [];
  readonly byUse = new Map<number, UseGroups>();

  of(use: number): UseGroups {
    let groups = this.byUse.get(use);
    if (groups === undefined) {
      groups = new UseGroups();
      this.byUse.set(use, groups);
    }
    return groups;
  }

  push(group: UsageGroup): void {
    const { use, dimensions, hour, events, firstEvents, quantityNanos, creditsNanos } = group;
    const last = this.runs.at(-1);
    if (last !== undefined && last.use === use) last.count += 1;
    else this.runs.push({ use, count: 1 });
    const groups = this.of(use);
    groups.dimensions.push(dimensions);
    groups.hours.push(hour);
    groups.events.push(events);
    groups.firstEvents.push(firstEvents);
    groups.quantities.push(quantityNanos);
    groups.credits.push(creditsNanos);
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

export function groupColumnsOf(groups: readonly UsageGroup[]): GroupColumns {
  const columns = new GroupColumns();
  for (const group of groups) columns.push(group);
  return columns;
}
