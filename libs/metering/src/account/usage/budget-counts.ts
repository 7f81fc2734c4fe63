import type { RateUse } from '../account-events.js';
import type { RuleState, Wallet } from '../account-state.js';
import { countForBudget, isCountedByBudgets } from '../evolve/evolve-usage.js';
import { figureOf, isKnownReached } from '../rules/thresholds.js';

/** Sums up to it are exact. */
const EXACT_MAX = Number.MAX_SAFE_INTEGER;

interface Budget {
  readonly state: RuleState;
  /** The values that its scope asks for, by their places among the catalog's dimensions. */
  readonly scope: readonly { readonly place: number; readonly value: string }[];
  readonly pool: string;
  /** Whether it counts the usage event that is being charged. */
  isCounting: boolean;
  /** Whether it has counted something, were it of no credits, that its state does not say yet. */
  isPending: boolean;
  pendingNanos: number;
  /** What it may count before its next mark can be reached; below zero: it has to be looked at. */
  roomNanos: number;
}

/**
 * What budgets count of the usage events of one `UsageCharged`, in plain numbers: one addition and one comparison a
 * line, until `settle` puts it into the budgets' states. The same as `countForBudgets`, to the last nano-credit.
 */
export class BudgetCounts {
  readonly #budgets: Budget[] = [];
  #isQuiet = true;

  constructor(
    private readonly wallet: Wallet,
    dimensions: readonly string[],
  ) {
    for (const state of wallet.rules.values()) {
      const { kind, pool, scope } = state.rule;
      if (kind !== 'budget') continue;
      const places = scope.map(([name, value]) => ({ place: dimensions.indexOf(name), value }));
      const counted = { isCounting: false, isPending: false, pendingNanos: 0, roomNanos: 0 };
      this.#budgets.push({ state, pool, scope: places, ...counted });
    }
    this.#measureRooms();
  }

  /** True when nothing that was counted can have reached a mark. */
  get isQuiet(): boolean {
    return this.#isQuiet;
  }

  /** A usage event begins, at this place and with these values of the catalog's dimensions. */
  begin(place: Pick<RateUse, 'cycle' | 'outcome'>, values: readonly (string | undefined)[]): void {
    if (this.#budgets.length === 0) return;
    const isCounted = isCountedByBudgets(this.wallet, place);
    for (const budget of this.#budgets) budget.isCounting = isCounted && isInScope(budget, values);
  }

  /** Counts the nano-credits that a line draws from a pool: an integer that is exact as a number, not below zero. */
  count(pool: string, nanos: number): void {
    for (const budget of this.#budgets) {
      if (!budget.isCounting || budget.pool !== pool) continue;
      if (nanos > EXACT_MAX - budget.pendingNanos) settleBudget(this.wallet, budget);
      budget.isPending = true;
      budget.pendingNanos += nanos;
      this.#take(budget, nanos);
    }
  }

  /** Counts the nano-credits of a line that the general rule charged. */
  countExact(pool: string, nanos: bigint): void {
    for (const budget of this.#budgets) {
      if (!budget.isCounting || budget.pool !== pool) continue;
      countForBudget(this.wallet, budget.state, nanos);
      this.#take(budget, Math.abs(Number(nanos)));
    }
  }

  /** Puts into the budgets' states what was counted, before anything else reads them. */
  settle(): void {
    for (const budget of this.#budgets) settleBudget(this.wallet, budget);
    this.#measureRooms();
  }

  #take(budget: Budget, nanos: number): void {
    budget.roomNanos -= nanos;
    if (budget.roomNanos < 0) this.#isQuiet = false;
  }

  #measureRooms(): void {
    this.#isQuiet = true;
    for (const budget of this.#budgets) {
      budget.roomNanos = roomOf(this.wallet, budget.state);
      if (budget.roomNanos < 0) this.#isQuiet = false;
    }
  }
}

function isInScope({ scope }: Budget, values: readonly (string | undefined)[]): boolean {
  for (const { place, value } of scope) if (values[place] !== value) return false;
  return true;
}

function settleBudget(wallet: Wallet, budget: Budget): void {
  if (!budget.isPending) return;
  countForBudget(wallet, budget.state, BigInt(budget.pendingNanos));
  budget.isPending = false;
  budget.pendingNanos = 0;
}

function roomOf(wallet: Wallet, state: RuleState): number {
  const figure = figureOf(wallet, state);
  let room = BigInt(EXACT_MAX);
  for (const mark of state.rule.marks) {
    const own = mark.valueNanos - figure - 1n;
    if (own < room && !isKnownReached(wallet, state, mark)) room = own;
  }
  return Number(room);
}
