import { NANOS_PER_UNIT } from '../../amounts/index.js';
import type { Rate } from '../../catalog/index.js';
import { runningCost, type RunningCost } from '../../rating/index.js';
import type { DrawRun, RateUse } from '../account-events.js';
import type { AccountState, RateState } from '../account-state.js';
import type { GatheredUseAmounts } from '../columns/evidence-columns.js';
import type { UseGroups } from '../columns/group-columns.js';
import { rememberDraw } from '../evolve/evolve-rates.js';
import { rateStateOf } from '../evolve/rate-state.js';
import { applyRun } from '../evolve/evolve-usage.js';
import type { Purse } from './purse.js';

/** What gathers the tallies of one `UsageCharged`. */
export interface TallyHost {
  /** Uses whose quantities, and uses whose draws, are not in the draft yet, in the order of their first lines. */
  readonly pending: UseTally[];
  readonly drawing: UseTally[];
  /** What a use may draw from in plain numbers, if it may. */
  purseOf(draft: AccountState, use: RateUse): Purse | undefined;
  /** The use's last run, where it came from the same place, else this new one. */
  runOf(run: DrawRun): DrawRun;
}

/**
 * One rate use of a `UsageCharged`: its columns, and what lines of the commonest kind (sums and counts that are drawn
 * from one place) have moved in plain numbers and is not in the draft yet. `settle…` puts it there.
 */
export class UseTally {
  #cost: RunningCost | undefined;
  #state: RateState | undefined;
  #purse: Purse | undefined;
  #run: DrawRun | undefined;
  #movedUnits = 0;
  #drawnNanos = 0;
  #isPending = false;
  #isShared = false;
  /** The newest run of draws, and C(Q) as it stood at some Q. */
  lastRun: DrawRun | undefined;
  knownCost: { readonly units: bigint; readonly cost: bigint } | undefined;

  constructor(
    readonly index: number,
    readonly use: RateUse,
    readonly rate: Rate,
    private readonly columns: { readonly amounts: GatheredUseAmounts; readonly groups: UseGroups },
  ) {}

  /** The rate's state that this use writes to, looked up once: a use names one rate and cycle. */
  rateState(draft: AccountState): RateState {
    return (this.#state ??= rateStateOf(draft, this.use.cycle.startMs, this.use.rate));
  }

  /** Another use moves the same cumulative quantity: neither may keep it in numbers of its own. */
  share(): void {
    this.#isShared = true;
  }

  /**
   * Charges a quantity of 10⁻⁹ units in plain numbers and answers its credits; -1 when the general rule has to, and
   * nothing has happened.
   */
  charge(draft: AccountState, host: TallyHost, units: number): number {
    if (this.#cost === undefined && !this.#prepare(draft)) return -1;
    const nanos = this.#cost?.ask(units) ?? -1;
    if (nanos < 0 || this.#isShared || this.#movedUnits + units > Number.MAX_SAFE_INTEGER) return -1;
    if (nanos > 0 && !this.#draw(draft, host, nanos)) return -1;
    this.#cost?.take();
    this.#movedUnits += units;
    if (!this.#isPending) {
      this.#isPending = true;
      host.pending.push(this);
    }
    this.columns.amounts.quantities.pushNumber(units);
    this.columns.amounts.credits.pushNumber(nanos);
    return nanos;
  }

  get groups(): UseGroups {
    return this.columns.groups;
  }

  /** Puts what was drawn into the draft's pools. */
  settleDraws(draft: AccountState): void {
    const run = this.#run;
    if (run !== undefined && this.#drawnNanos > 0) {
      const drawn: DrawRun = { use: run.use, from: run.from, grant: run.grant, amountNanos: BigInt(this.#drawnNanos) };
      run.amountNanos += drawn.amountNanos;
      applyRun(draft.wallet, this.use, drawn);
      if (this.use.isReversible && this.#state !== undefined) rememberDraw(this.#state, drawn);
    }
    this.#drawnNanos = 0;
    this.#run = undefined;
  }

  /** Puts what was measured into the draft's cumulative quantity. */
  settleUnits(): void {
    if (this.#state !== undefined) this.#state.units += BigInt(this.#movedUnits);
    this.#movedUnits = 0;
    this.#isPending = false;
  }

  /** The general rule has moved the quantity: what was known of its cost is old. */
  forgetCost(): void {
    this.#cost = undefined;
  }

  #prepare(draft: AccountState): boolean {
    const { aggregation, denominator, fields } = this.rate.meter;
    const isPlain = aggregation === 'count' || (aggregation === 'sum' && fields.length === 1);
    if (!isPlain || denominator !== NANOS_PER_UNIT) return false;
    this.#cost = runningCost(this.rate.price, this.rateState(draft).units, denominator);
    return this.#cost !== undefined;
  }

  #draw(draft: AccountState, host: TallyHost, nanos: number): boolean {
    if (this.#purse === undefined || this.#purse.isSettled) this.#purse = host.purseOf(draft, this.use);
    const purse = this.#purse;
    if (purse === undefined || nanos > purse.roomNanos) return false;
    purse.roomNanos -= nanos;
    this.#drawnNanos += nanos;
    if (this.#run === undefined) {
      this.#run = host.runOf({ use: this.index, from: purse.from, grant: purse.grant, amountNanos: 0n });
      host.drawing.push(this);
    }
    return true;
  }
}
