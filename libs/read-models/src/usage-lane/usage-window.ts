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
import { CycleMeters, type CyclePart } from './cycle-meters.js';
import { MeterTotals } from './meter-totals.js';
import { SumTable } from './sum-table.js';
import type { UsageAccount } from './usage-account.js';
import { UsageRows } from './usage-rows.js';

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
  /** By hour since the epoch. */
  readonly totals: Map<number, MeterTotals>;
  /** By start, in Unix milliseconds. */
  readonly cycles: Map<number, CycleMeters>;
}

/** A window with the numbers that its accounts' rows have. */
export interface UsedWindow {
  readonly window: Pick<UsageWindow, 'sums'>;
  readonly used: readonly { readonly account: number; readonly usage: AccountUsage }[];
}

const HOURS = 24;

/** What one transaction of the usage lane writes. */
export class UsageWindow {
  /** The groups of all appends as they came: nothing is looked up twice, nothing is added up. */
  readonly rows = new UsageRows();
  readonly pairs = new PairTable();
  /** What totals and cycles are made of. */
  readonly sums = new SumTable();
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
      for (const { hour, from, to } of hourRuns(own.hours)) {
        const day = Math.floor(hour / HOURS);
        runsOf(usage, day).push({ use, hour: hour - day * HOURS, from: firstRow + from, to: firstRow + to });
        this.sums.addGroups(totalsOf(usage, hour).of(use.meter, this.sums), own, { from, to });
      }
      this.#addToCycles(usage, use, own);
      for (const events of own.firstEvents) this.usageEvents += events;
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

  #addToCycles(usage: AccountUsage, use: RateUse, groups: GroupsOfUse): void {
    const all = { from: 0, to: groups.events.length };
    const add = (cycleStartMs: number, part: CyclePart): void =>
      this.sums.addGroups(cycleOf(usage, cycleStartMs).of(use, part, this.sums), groups, all);
    if (use.outcome === 'adjusted') {
      add(use.cycle.startMs, 'adjusted');
      // It counts in the figures of the cycle that ledger time is in: that one pays.
      add(usage.account.cycleStartMs ?? use.cycle.startMs, 'paid');
      return;
    }
    add(use.cycle.startMs, 'own');
    if (use.outcome === 'late') add(use.cycle.startMs, 'late');
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

function totalsOf({ totals }: AccountUsage, hour: number): MeterTotals {
  let found = totals.get(hour);
  if (found === undefined) totals.set(hour, (found = new MeterTotals()));
  return found;
}

function cycleOf({ cycles }: AccountUsage, cycleStartMs: number): CycleMeters {
  let found = cycles.get(cycleStartMs);
  if (found === undefined) cycles.set(cycleStartMs, (found = new CycleMeters()));
  return found;
}
