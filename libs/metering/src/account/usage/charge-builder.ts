import type { Catalog, Rate } from '../../catalog/index.js';
import { dayOf, hourOf } from '../../time/index.js';
import type {
  DebtPayment,
  DimensionPairs,
  DrawRun,
  EvidenceMeterLine,
  FeedRange,
  GrantTerms,
  MeterSample,
  RateUse,
  UsageCharged,
} from '../account-events.js';
import type { AccountState, RateState, Wallet } from '../account-state.js';
import { EvidenceColumns, type RecordedEvent } from '../columns/evidence-columns.js';
import { DIMENSIONS_MAX, GroupColumns, type Counted } from '../columns/group-columns.js';
import { usageOfColumns } from '../columns/usage-columns.js';
import { BudgetCounts } from './budget-counts.js';
import { DimensionIndex } from './dimension-index.js';
import { purseOf, type Purse } from './purse.js';
import { rateUse, type Used } from './rate-use.js';
import { TallyIndex } from './tally-index.js';
import { UseTally, type TallyHost } from './use-tally.js';

/** Usage events in one `UsageCharged`. */
const LINES_MAX = 5_000;
const USES_MAX = 8_192;
/** Rate uses that one usage event may add. */
const METERS_MAX = 200;

/** What the tables of an event are gathered in. */
interface Gathering {
  readonly dimensions: DimensionIndex;
  readonly evidence: EvidenceColumns;
  readonly groups: GroupColumns;
}

/** Emptied by builders that have ended, for the next ones: each builder has its own until then. */
const spare: Gathering[] = [];

const newGathering = (): Gathering => ({
  dimensions: new DimensionIndex(),
  evidence: new EvidenceColumns(),
  groups: new GroupColumns(),
});

/** Gathers the lines of one `UsageCharged`: dictionaries, groups, runs of draws and evidence. */
export class ChargeBuilder implements TallyHost {
  readonly uses: RateUse[] = [];
  readonly draws: DrawRun[] = [];
  readonly samples: MeterSample[] = [];
  readonly refundGrants: GrantTerms[] = [];
  readonly payments: DebtPayment[] = [];
  /** The rate uses of the usage event that is being charged. */
  readonly lineUses: number[] = [];
  readonly pending: UseTally[] = [];
  readonly drawing: UseTally[] = [];
  readonly #gathering = spare.pop() ?? newGathering();
  readonly #tallies = new TallyIndex();
  /** One a pool, while its draws are not in the draft. */
  readonly #purses: Purse[] = [];
  /** By rate use: where in `samples` its exact quantities are added up. */
  #exactDeltas: Map<number, number> | undefined;
  #budgets: BudgetCounts | undefined;
  readonly #days: number[] = [];
  /** Made for the second day. */
  #knownDays: Set<number> | undefined;
  #lastDay = Number.NaN;

  /** `revision` is the one that the event will have. */
  constructor(readonly revision: bigint) {}

  get evidence(): EvidenceColumns {
    return this.#gathering.evidence;
  }

  /** The tally of a rate used under these terms. */
  tallyOf(rate: Rate, used: Used): UseTally {
    return this.#tallies.find(rate, used) ?? this.#newTally(rate, used);
  }

  useAt(index: number): RateUse {
    const use = this.uses[index];
    if (use === undefined) throw new RangeError(`rate use ${index} is not listed`);
    return use;
  }

  rateState(draft: AccountState, index: number): RateState {
    return this.#tallyAt(index).rateState(draft);
  }

  /** C(Q) as it stands, kept by use: the next line's C(Q) before is this line's after. */
  costAt(index: number, rate: RateState, cost: () => bigint): bigint {
    const { knownCost } = this.#tallyAt(index);
    return knownCost !== undefined && knownCost.units === rate.units ? knownCost.cost : cost();
  }

  setCost(index: number, units: bigint, cost: bigint): void {
    this.#tallyAt(index).knownCost = { units, cost };
  }

  /** The number of a combination of dimensions, given by the values of the catalog's. */
  dimensionsOf(names: readonly string[], values: readonly (string | undefined)[]): number {
    return this.#gathering.dimensions.of(names, values);
  }

  dimensionsOfPairs(pairs: DimensionPairs): number {
    return this.#gathering.dimensions.of(
      pairs.map(([name]) => name),
      pairs.map(([, value]) => value),
    );
  }

  /** Adds a meter line that the general rule charged to its group, and to the evidence where it is a usage event's. */
  addLine(
    line: EvidenceMeterLine,
    { dimensions, usageTimeMs, counted }: { dimensions: number; usageTimeMs: number; counted: Counted },
  ): void {
    const tally = this.#tallyAt(line.use);
    const at = tally.groups.of(dimensions, hourOf(usageTimeMs), counted);
    tally.groups.quantities.add(at, line.quantityNanos);
    tally.groups.credits.add(at, line.creditsNanos);
    if (counted !== 'accrual') this.evidence.pushLine(line);
    tally.forgetCost();
  }

  /** Puts into the draft what was charged in plain numbers: before anything else reads or writes its amounts. */
  settle(draft: AccountState): void {
    for (const tally of this.drawing) tally.settleDraws(draft);
    for (const tally of this.pending) tally.settleUnits();
    this.drawing.length = 0;
    this.pending.length = 0;
    for (const purse of this.#purses) purse.isSettled = true;
    this.#purses.length = 0;
  }

  /** What budgets count of this event. */
  budgetsOf({ wallet, catalog }: { readonly wallet: Wallet; readonly catalog: Catalog }): BudgetCounts {
    return (this.#budgets ??= new BudgetCounts(wallet, catalog.dimensions));
  }

  /** Undefined where the use may also take back what has expired. */
  purseOf(draft: AccountState, use: RateUse): Purse | undefined {
    const pool = draft.wallet.pools.get(use.pool);
    if (pool === undefined) return undefined;
    if (use.outcome !== 'adjusted')
      for (const ended of pool.ended.values()) if (ended.reversibleNanos > 0n) return undefined;
    for (const purse of this.#purses) if (purse.pool === use.pool) return purse;
    const purse = purseOf(pool);
    this.#purses.push(purse);
    return purse;
  }

  runOf(run: DrawRun): DrawRun {
    const tally = this.#tallyAt(run.use);
    const last = tally.lastRun;
    if (last !== undefined && last.amountNanos > 0n && isSamePlace(last, run)) return last;
    this.draws.push(run);
    tally.lastRun = run;
    return run;
  }

  /** Adds a draw, lengthening the use's last run where it came from the same place. */
  draw(run: DrawRun): void {
    const tally = this.#tallyAt(run.use);
    const last = tally.lastRun;
    if (last !== undefined && isSamePlace(last, run) && last.amountNanos > 0n === run.amountNanos > 0n) {
      last.amountNanos += run.amountNanos;
      return;
    }
    this.draws.push(run);
    tally.lastRun = run;
  }

  /** Exact quantities finer than 10⁻⁹ that need no sample of their own are added up by use. */
  addExact(use: number, deltaUnits: bigint): void {
    this.#exactDeltas ??= new Map();
    const at = this.#exactDeltas.get(use);
    const sample = at === undefined ? undefined : this.samples[at];
    if (at === undefined || sample === undefined) {
      this.#exactDeltas.set(use, this.samples.length);
      this.samples.push({ use, deltaUnits });
    } else this.samples[at] = { use, deltaUnits: sample.deltaUnits + deltaUnits };
  }

  /** Adds the evidence of a usage event whose meter lines were charged. */
  addEvent(record: RecordedEvent, usageTimeMs: number, dimensions: number): void {
    this.evidence.pushEvent(record, { usageTimeMs, dimensions, uses: this.lineUses });
    const { timeMs } = record.content.event;
    const day = dayOf(timeMs);
    if (day !== this.#lastDay) this.#addDay(day);
  }

  #addDay(day: number): void {
    this.#lastDay = day;
    if (this.#days.length > 0) {
      this.#knownDays ??= new Set(this.#days);
      if (this.#knownDays.has(day)) return;
      this.#knownDays.add(day);
    }
    this.#days.push(day);
  }

  /** True when the event should end here: its dictionaries are full, or it is long enough. */
  get isFull(): boolean {
    return (
      this.evidence.count >= LINES_MAX ||
      this.uses.length >= USES_MAX - METERS_MAX ||
      this.#gathering.dimensions.count >= DIMENSIONS_MAX - 1
    );
  }

  get isEmpty(): boolean {
    return this.evidence.count === 0 && this.#tallies.all.every(({ groups }) => groups.count === 0);
  }

  /** The event, and the builder's end. */
  finish(at: { atMs: number; feed: FeedRange | null; catalogVersion: number }): UsageCharged {
    const { atMs, feed, catalogVersion } = at;
    const runs = this.#tallies.all.map(({ index, groups }) => ({ use: index, count: groups.count }));
    const { uses, draws, samples, refundGrants, payments } = this;
    const { dimensions, groups, evidence } = this.#gathering;
    const tables = { dimensions: dimensions.take(), groups: groups.take(runs), evidence: evidence.take() };
    spare.push(this.#gathering);
    const days = this.#days.length < 2 ? this.#days : this.#days.toSorted((a, b) => a - b);
    const header = { atMs, feed, catalogVersion, uses, draws, samples, refundGrants, payments, days };
    return usageOfColumns(header, tables);
  }

  #tallyAt(index: number): UseTally {
    const tally = this.#tallies.all[index];
    if (tally === undefined) throw new RangeError(`rate use ${index} is not listed`);
    return tally;
  }

  #newTally(rate: Rate, used: Used): UseTally {
    const index = this.uses.length;
    const use = rateUse(rate, used);
    const columns = { amounts: this.evidence.amountsOf(index), groups: this.#gathering.groups.of(index) };
    const tally = new UseTally(index, use, rate, columns);
    this.uses.push(use);
    this.#tallies.add(tally);
    return tally;
  }
}

const isSamePlace = (a: DrawRun, b: DrawRun): boolean =>
  a.from === b.from && a.from !== 'refund' && a.grant === b.grant && a.isRepaid === b.isRepaid;
