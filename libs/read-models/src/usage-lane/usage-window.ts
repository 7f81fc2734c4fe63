import {
  usageColumnsOf,
  useOf,
  type DimensionTable,
  type GroupsOfUse,
  type RateUse,
  type UsageCharged,
} from '@app/metering';
import { PairTable } from './pair-table.js';
import type { SegmentUse } from './segment.js';
import { addSums, noCycleSums, noSums, type CycleSums, type Sums } from './sums.js';
import type { UsageAccount } from './usage-account.js';
import { UsageRows } from './usage-rows.js';

/** One meter's usage of an account in one hour (since the epoch). */
export interface HourTotal {
  readonly hour: number;
  readonly meter: string;
  readonly sums: Sums;
}

export interface CycleMeter {
  readonly cycleStartMs: number;
  readonly meter: string;
  readonly pool: string;
  readonly sums: CycleSums;
}

/** Rows of a window that follow each other and have one use and hour: from one row to before another. */
export interface RowRun {
  readonly use: SegmentUse;
  /** Of the day. */
  readonly hour: number;
  readonly from: number;
  readonly to: number;
}

/** What a window holds of one account. */
export interface AccountUsage {
  readonly account: UsageAccount;
  /** By UTC day, what becomes its segment. */
  readonly days: Map<number, RowRun[]>;
  readonly totals: Map<string, HourTotal>;
  readonly cycles: Map<string, CycleMeter>;
}

const HOURS = 24;

/** What one transaction of the usage lane writes. */
export class UsageWindow {
  /** The groups of all appends as they came: nothing is looked up twice, nothing is added up. */
  readonly rows = new UsageRows();
  readonly pairs = new PairTable();
  readonly accounts = new Map<string, AccountUsage>();
  usageEvents = 0;

  /** Number of rows. */
  get groups(): number {
    return this.rows.rows;
  }

  of(account: UsageAccount): AccountUsage {
    let usage = this.accounts.get(account.organisation);
    if (usage === undefined) {
      usage = { account, days: new Map(), totals: new Map(), cycles: new Map() };
      this.accounts.set(account.organisation, usage);
    }
    return usage;
  }

  /** Adds an append's groups; `account` stands right before the event. @throws {ImpossibleEvent} */
  add(account: UsageAccount, event: UsageCharged): void {
    const usage = this.of(account);
    const { dimensions, groups } = usageColumnsOf(event);
    const firstDimension = this.rows.dimensions.length;
    this.#addDimensions(dimensions);
    for (const [index, own] of groups.byUse) {
      const use = useOf(event, index);
      const firstRow = this.#addRows(own, firstDimension);
      const ofUse = noSums();
      for (const { hour, from, to } of hourRuns(own.hours)) {
        const day = Math.floor(hour / HOURS);
        runsOf(usage, day).push({ use, hour: hour - day * HOURS, from: firstRow + from, to: firstRow + to });
        const sums = sumsOf(own, from, to);
        addSums(totalOf(usage, hour, use.meter), sums);
        addSums(ofUse, sums);
      }
      addToCycles(usage, use, ofUse);
      this.usageEvents += ofUse.firstEvents;
    }
  }

  #addRows({ dimensions, events, firstEvents, quantities, credits }: GroupsOfUse, firstDimension: number): number {
    const { rows } = this;
    const first = rows.rows;
    rows.dimension.pushAll(dimensions, firstDimension);
    rows.events.pushAll(events);
    rows.firstEvents.pushAll(firstEvents);
    rows.quantity.pushAll(quantities);
    rows.credits.pushAll(credits);
    return first;
  }

  #addDimensions({ names, byName, nameLists, nameListNumbers }: DimensionTable): void {
    const { dimensions } = this.rows;
    const pairs = byName.map(({ values }, name) =>
      values.texts.map((value) => this.pairs.numberOf(names.texts[name] ?? '', value)),
    );
    const next = byName.map(() => 0);
    for (const list of nameListNumbers) {
      for (const name of nameLists.lists[list] ?? []) {
        const at = next[name] ?? 0;
        next[name] = at + 1;
        dimensions.items.push(pairs[name]?.[byName[name]?.numbers[at] ?? 0] ?? 0);
      }
      dimensions.close();
    }
  }
}

/** Where the hour changes: groups of one use and append are mostly of one hour. */
function hourRuns(hours: readonly number[]): { readonly hour: number; readonly from: number; readonly to: number }[] {
  const runs = [];
  for (let from = 0, to = 1; from < hours.length; to += 1) {
    if (to < hours.length && hours[to] === hours[from]) continue;
    runs.push({ hour: hours[from] ?? 0, from, to });
    from = to;
  }
  return runs;
}

function runsOf({ days }: AccountUsage, day: number): RowRun[] {
  let runs = days.get(day);
  if (runs === undefined) days.set(day, (runs = []));
  return runs;
}

function sumsOf({ events, firstEvents, quantities, credits }: GroupsOfUse, from: number, to: number): Sums {
  const sums = {
    events: 0,
    firstEvents: 0,
    quantityNanos: quantities.sum(from, to),
    creditsNanos: credits.sum(from, to),
  };
  for (let at = from; at < to; at += 1) {
    sums.events += events[at] ?? 0;
    sums.firstEvents += firstEvents[at] ?? 0;
  }
  return sums;
}

function totalOf({ totals }: AccountUsage, hour: number, meter: string): Sums {
  const key = `${hour} ${meter}`;
  let total = totals.get(key);
  if (total === undefined) totals.set(key, (total = { hour, meter, sums: noSums() }));
  return total.sums;
}

function addToCycles(usage: AccountUsage, use: RateUse, sums: Sums): void {
  const own = cycleMeterOf(usage, use.cycle.startMs, use).sums;
  if (use.outcome === 'adjusted') {
    addSums(own.adjusted, sums);
    // It counts in the figures of the cycle that ledger time is in: that one pays.
    addSums(cycleMeterOf(usage, usage.account.cycleStartMs ?? use.cycle.startMs, use).sums.paid, sums);
    return;
  }
  addSums(own.own, sums);
  if (use.outcome === 'late') addSums(own.late, sums);
}

function cycleMeterOf(
  usage: AccountUsage,
  cycleStartMs: number,
  { meter, pool }: { readonly meter: string; readonly pool: string },
): CycleMeter {
  const key = `${cycleStartMs} ${meter.length} ${meter} ${pool}`;
  let found = usage.cycles.get(key);
  if (found === undefined) {
    found = { cycleStartMs, meter, pool, sums: noCycleSums() };
    usage.cycles.set(key, found);
  }
  return found;
}
