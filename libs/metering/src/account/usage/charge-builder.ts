import type { Rate } from '../../catalog/index.js';
import { dayOf, hourOf } from '../../time/index.js';
import type {
  DebtPayment,
  DimensionPairs,
  DrawRun,
  EvidenceLine,
  EvidenceMeterLine,
  FeedRange,
  GrantTerms,
  IdentityHash,
  MeterSample,
  RateUse,
  UsageCharged,
  UsageGroup,
} from '../account-events.js';
import type { AccountState, RateState } from '../account-state.js';
import { rateStateOf } from '../evolve/rate-state.js';
import { rateUse, useKey, type Used } from './rate-use.js';

/** Usage events in one `UsageCharged`. */
const LINES_MAX = 5_000;
/** Bounds of the dictionaries; with hours below 2²³ a group's key stays an exact integer. */
const USES_MAX = 8_192;
const DIMENSIONS_MAX = 65_536;
/** Rate uses that one usage event may add. */
const METERS_MAX = 200;

/** What a line is: a usage event's first or a further one, or what accrues and is no usage event's. */
export type Counted = 'first' | 'further' | 'accrual';

/** Gathers the lines of one `UsageCharged`: dictionaries, groups, runs of draws and evidence. */
export class ChargeBuilder {
  readonly uses: RateUse[] = [];
  readonly dimensions: DimensionPairs[] = [];
  readonly groups: UsageGroup[] = [];
  readonly draws: DrawRun[] = [];
  readonly samples: MeterSample[] = [];
  readonly refundGrants: GrantTerms[] = [];
  readonly payments: DebtPayment[] = [];
  readonly evidence: EvidenceLine[] = [];
  private readonly useIndex = new Map<string, number>();
  private readonly newestUse = new Map<Rate, { readonly used: Used; readonly index: number }>();
  private readonly dimensionIndex = new Map<string, number>();
  private readonly groupIndex = new Map<number, UsageGroup>();
  private readonly rateStates: (RateState | undefined)[] = [];
  private readonly costs: ({ readonly units: bigint; readonly cost: bigint } | undefined)[] = [];
  private readonly lastRun: (DrawRun | undefined)[] = [];
  private readonly exactDeltas = new Map<number, number>();
  private readonly days = new Set<number>();

  /** `revision` is the one that the event will have. */
  constructor(readonly revision: bigint) {}

  /** Index of a rate used under these terms; the newest use of each rate is found without making its key. */
  use(rate: Rate, used: Used): number {
    const newest = this.newestUse.get(rate);
    if (newest !== undefined && isSameUse(newest.used, used)) return newest.index;
    const key = useKey(rate, used);
    let index = this.useIndex.get(key);
    if (index === undefined) {
      index = this.uses.length;
      this.uses.push(rateUse(rate, used));
      this.useIndex.set(key, index);
    }
    this.newestUse.set(rate, { used, index });
    return index;
  }

  useAt(index: number): RateUse {
    const use = this.uses[index];
    if (use === undefined) throw new RangeError(`rate use ${index} is not listed`);
    return use;
  }

  /** The rate's state that a use writes to, looked up once: a use names one rate and cycle. */
  rateState(draft: AccountState, index: number): RateState {
    let rate = this.rateStates[index];
    if (rate === undefined) {
      const use = this.useAt(index);
      rate = rateStateOf(draft, use.cycle.startMs, use.rate);
      this.rateStates[index] = rate;
    }
    return rate;
  }

  /** C(Q) as it stands, kept by use: the next line's C(Q) before is this line's after. */
  costAt(index: number, rate: RateState, cost: () => bigint): bigint {
    const known = this.costs[index];
    return known !== undefined && known.units === rate.units ? known.cost : cost();
  }

  setCost(index: number, units: bigint, cost: bigint): void {
    this.costs[index] = { units, cost };
  }

  dimensionsOf(key: string, pairs: DimensionPairs): number {
    let index = this.dimensionIndex.get(key);
    if (index === undefined) {
      index = this.dimensions.length;
      this.dimensions.push(pairs);
      this.dimensionIndex.set(key, index);
    }
    return index;
  }

  /** Adds one meter line to its group. */
  group(dimensions: number, usageTimeMs: number, line: EvidenceMeterLine, counted: Counted): void {
    const { use } = line;
    const hour = hourOf(usageTimeMs);
    const events = counted === 'accrual' ? 0 : 1;
    const firstEvents = counted === 'first' ? 1 : 0;
    const key = (hour * USES_MAX + use) * DIMENSIONS_MAX + dimensions;
    const group = this.groupIndex.get(key);
    if (group === undefined) {
      const made: UsageGroup = {
        use,
        dimensions,
        hour,
        events,
        firstEvents,
        quantityNanos: line.quantityNanos,
        creditsNanos: line.creditsNanos,
      };
      this.groups.push(made);
      this.groupIndex.set(key, made);
      return;
    }
    group.events += events;
    group.firstEvents += firstEvents;
    group.quantityNanos += line.quantityNanos;
    group.creditsNanos += line.creditsNanos;
  }

  /** Adds a draw, lengthening the use's last run where it came from the same place. */
  draw(run: DrawRun): void {
    const last = this.lastRun[run.use];
    if (last !== undefined && isSamePlace(last, run)) {
      last.amountNanos += run.amountNanos;
      return;
    }
    this.draws.push(run);
    this.lastRun[run.use] = run;
  }

  /** Exact quantities finer than 10⁻⁹ that need no sample of their own are added up by use. */
  addExact(use: number, deltaUnits: bigint): void {
    const at = this.exactDeltas.get(use);
    const sample = at === undefined ? undefined : this.samples[at];
    if (at === undefined || sample === undefined) {
      this.exactDeltas.set(use, this.samples.length);
      this.samples.push({ use, deltaUnits });
    } else this.samples[at] = { use, deltaUnits: sample.deltaUnits + deltaUnits };
  }

  line(line: Omit<EvidenceLine, 'hash'> & { readonly hash: IdentityHash }): void {
    this.evidence.push(line);
    this.days.add(dayOf(line.timeMs));
  }

  /** True when the event should end here: its dictionaries are full, or it is long enough. */
  get isFull(): boolean {
    return (
      this.evidence.length >= LINES_MAX ||
      this.uses.length >= USES_MAX - METERS_MAX ||
      this.dimensions.length >= DIMENSIONS_MAX - 1
    );
  }

  get isEmpty(): boolean {
    return this.groups.length === 0 && this.evidence.length === 0;
  }

  finish(at: { atMs: number; feed: FeedRange | null; catalogVersion: number }): UsageCharged {
    return {
      type: 'UsageCharged',
      ...at,
      uses: this.uses,
      dimensions: this.dimensions,
      groups: this.groups,
      draws: this.draws,
      samples: this.samples,
      refundGrants: this.refundGrants,
      payments: this.payments,
      days: [...this.days].toSorted((a, b) => a - b),
      evidence: this.evidence,
    };
  }
}

const isSameUse = (a: Used, b: Used): boolean =>
  a.cycle.startMs === b.cycle.startMs && a.outcome === b.outcome && a.plan === b.plan;

const isSamePlace = (a: DrawRun, b: DrawRun): boolean =>
  a.from === b.from &&
  a.from !== 'refund' &&
  a.grant === b.grant &&
  a.isRepaid === b.isRepaid &&
  a.amountNanos > 0n === b.amountNanos > 0n;
