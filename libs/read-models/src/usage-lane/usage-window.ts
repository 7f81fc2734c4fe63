import type { UsageCharged } from '@app/metering';
import { Numbering } from '../columns/numbering.js';
import { PairTable } from './pair-table.js';
import type { SegmentUse } from './segment.js';
import { addSums, noCycleSums, noSums, type CycleSums, type Sums } from './sums.js';
import type { UsageAccount } from './usage-account.js';
import { WindowRows } from './window-rows.js';

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

/** What a window holds of one account. */
export interface AccountUsage {
  readonly account: UsageAccount;
  /** Numbers of the window's segments by UTC day. */
  readonly segments: Map<number, number>;
  readonly totals: Map<string, HourTotal>;
  readonly cycles: Map<string, CycleMeter>;
}

/** What one transaction of the usage lane writes. */
export class UsageWindow {
  readonly rows = new WindowRows();
  readonly pairs = new PairTable();
  readonly uses: SegmentUse[] = [];
  readonly accounts = new Map<string, AccountUsage>();
  /** Number of segments. */
  segments = 0;
  usageEvents = 0;
  readonly #uses = new Numbering<string>();

  /** Number of rows. */
  get groups(): number {
    return this.rows.length;
  }

  of(account: UsageAccount): AccountUsage {
    let usage = this.accounts.get(account.organisation);
    if (usage === undefined) {
      usage = { account, segments: new Map(), totals: new Map(), cycles: new Map() };
      this.accounts.set(account.organisation, usage);
    }
    return usage;
  }

  /** Adds an append's groups; `account` stands right before the event. */
  add(account: UsageAccount, event: UsageCharged): void {
    const usage = this.of(account);
    const uses = event.uses.map((use) => this.#useOf(use));
    const firstDimension = this.rows.dimensions.length;
    for (const own of event.dimensions) this.#addDimensions(own);
    const sums = new EventSums(event);
    const { rows } = this;
    let day = Number.NaN;
    let segment = 0;
    for (const group of event.groups) {
      const groupDay = Math.floor(group.hour / 24);
      if (groupDay !== day) segment = this.#segmentOf(usage, (day = groupDay));
      rows.segment.push(segment);
      rows.use.push(uses[group.use] ?? 0);
      rows.dimension.push(firstDimension + group.dimensions);
      rows.hour.push(group.hour - groupDay * 24);
      rows.events.push(group.events);
      rows.firstEvents.push(group.firstEvents);
      rows.quantity.push(group.quantityNanos);
      rows.credits.push(group.creditsNanos);
      this.usageEvents += group.firstEvents;
      addSums(sums.of(group), group);
    }
    for (const own of sums.all) addToTotals(usage, event, own);
    for (const own of sums.all) addToCycles(usage, event, own);
  }

  #useOf({ meter, pool, outcome }: SegmentUse): number {
    return this.#uses.numberOf(`${outcome}\n${meter}\n${pool}`, () => this.uses.push({ meter, pool, outcome }));
  }

  #addDimensions(pairs: UsageCharged['dimensions'][number]): void {
    const { dimensions } = this.rows;
    for (const [name, value] of pairs) dimensions.items.push(this.pairs.numberOf(name, value));
    dimensions.close();
  }

  #segmentOf(usage: AccountUsage, day: number): number {
    let number = usage.segments.get(day);
    if (number === undefined) usage.segments.set(day, (number = this.segments++));
    return number;
  }
}

interface UseSums extends Sums {
  readonly hour: number;
  readonly use: number;
}

/** What one append used, by hour and use: few of either. */
class EventSums {
  readonly #sums = new Map<number, UseSums>();

  constructor(private readonly event: UsageCharged) {}

  of({ hour, use }: { readonly hour: number; readonly use: number }): Sums {
    const key = hour * this.event.uses.length + use;
    let sums = this.#sums.get(key);
    if (sums === undefined) this.#sums.set(key, (sums = { hour, use, ...noSums() }));
    return sums;
  }

  get all(): Iterable<UseSums> {
    return this.#sums.values();
  }
}

function addToTotals(usage: AccountUsage, event: UsageCharged, sums: UseSums): void {
  const { hour } = sums;
  const meter = event.uses[sums.use]?.meter ?? '';
  const key = `${hour} ${meter}`;
  let total = usage.totals.get(key);
  if (total === undefined) usage.totals.set(key, (total = { hour, meter, sums: noSums() }));
  addSums(total.sums, sums);
}

function addToCycles(usage: AccountUsage, event: UsageCharged, sums: UseSums): void {
  const use = event.uses[sums.use];
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
