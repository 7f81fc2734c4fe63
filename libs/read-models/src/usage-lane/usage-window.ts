import type { UsageCharged } from '@app/metering';
import { PairTable } from './pair-table.js';
import { addSums, noCycleSums, noSums, type CycleSums, type Sums } from './sums.js';
import type { UsageAccount } from './usage-account.js';
import { WindowSegment } from './window-segment.js';

/** One meter's usage of an account and day: in all, and by each value of each dimension. */
export interface MeterDay {
  readonly meter: string;
  readonly total: Sums;
  readonly byPair: Map<number, Sums>;
}

export interface DayUsage {
  readonly day: number;
  readonly segment: WindowSegment;
  readonly meters: Map<string, MeterDay>;
}

export interface CycleMeter {
  readonly cycleStartMs: number;
  readonly meter: string;
  readonly pool: string;
  readonly sums: CycleSums;
}

/** What a window holds of one account. */
export interface AccountUsage {
  readonly account: UsageAccount;
  readonly days: Map<number, DayUsage>;
  readonly cycles: Map<string, CycleMeter>;
}

/** What one transaction of the usage lane writes. */
export class UsageWindow {
  readonly pairs = new PairTable();
  readonly accounts = new Map<string, AccountUsage>();
  usageEvents = 0;
  groups = 0;

  of(account: UsageAccount): AccountUsage {
    let usage = this.accounts.get(account.organisation);
    if (usage === undefined) {
      usage = { account, days: new Map(), cycles: new Map() };
      this.accounts.set(account.organisation, usage);
    }
    return usage;
  }

  /** Adds an append's groups; `account` stands right before the event. */
  add(account: UsageAccount, event: UsageCharged): void {
    const usage = this.of(account);
    const pairs = event.dimensions.map((own) => own.map(([name, value]) => this.pairs.numberOf(name, value)));
    const byUse = event.uses.map(noSums);
    let day: DayUsage | undefined;
    for (const group of event.groups) {
      const number = Math.floor(group.hour / 24);
      if (day?.day !== number) day = this.#dayOf(usage, number);
      const own = pairs[group.dimensions] ?? NO_PAIRS;
      day.segment.add(event, group, own);
      addToMeter(day, event.uses[group.use]?.meter ?? '', group, own);
      const sums = byUse[group.use];
      if (sums !== undefined) addSums(sums, group);
      this.usageEvents += group.firstEvents;
    }
    this.groups += event.groups.length;
    byUse.forEach((sums, index) => addToCycles(usage, event, index, sums));
  }

  #dayOf(usage: AccountUsage, number: number): DayUsage {
    let day = usage.days.get(number);
    if (day === undefined) {
      day = { day: number, segment: new WindowSegment(this.pairs), meters: new Map() };
      usage.days.set(number, day);
    }
    return day;
  }
}

const NO_PAIRS: readonly number[] = [];

function addToMeter(day: DayUsage, name: string, group: Readonly<Sums>, pairs: readonly number[]): void {
  let meter = day.meters.get(name);
  if (meter === undefined) {
    meter = { meter: name, total: noSums(), byPair: new Map() };
    day.meters.set(name, meter);
  }
  addSums(meter.total, group);
  for (const pair of pairs) {
    const sums = meter.byPair.get(pair);
    if (sums === undefined)
      meter.byPair.set(pair, {
        events: group.events,
        firstEvents: group.firstEvents,
        quantityNanos: group.quantityNanos,
        creditsNanos: group.creditsNanos,
      });
    else addSums(sums, group);
  }
}

function addToCycles(usage: AccountUsage, event: UsageCharged, index: number, sums: Sums): void {
  const use = event.uses[index];
  if (use === undefined) return;
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
