import type { DebtKey, DimensionPairs, DrawRun, GrantTerms, RateUse, UsageCharged } from '../account-events.js';
import type { RuleState, Wallet } from '../account-state.js';
import { applyMovement, debtOf, drawExpired, figuresOf, grantOf, ImpossibleEvent, poolOf, unpayDebt } from './pool.js';

/** The rate use with this index. */
export function useOf(event: Pick<UsageCharged, 'uses'>, index: number): RateUse {
  const use = event.uses[index];
  if (use === undefined) throw new ImpossibleEvent(`rate use ${index} is not listed`);
  return use;
}

/** The cycle in whose figures usage counts: its own, or the current one where its own is closed. */
const figureCycle = (wallet: Wallet, use: Pick<RateUse, 'cycle' | 'outcome'>): number =>
  use.outcome === 'adjusted' ? (wallet.cycles.at(-1)?.startMs ?? use.cycle.startMs) : use.cycle.startMs;

/** Applies the draws of a usage event to pools and figures; budgets count its groups. */
export function applyUsage(wallet: Wallet, event: UsageCharged): void {
  const terms = new Map(event.refundGrants.map((grant) => [grant.id, grant]));
  for (const run of event.draws) {
    const use = useOf(event, run.use);
    const grant = run.from === 'refund' ? terms.get(run.grant ?? '') : undefined;
    if (grant !== undefined) terms.delete(grant.id);
    applyRun(wallet, use, run, grant);
  }
  for (const payment of event.payments) {
    const { pool: key, ...rest } = payment;
    const pool = poolOf(wallet, key);
    applyMovement(
      wallet,
      pool,
      { kind: 'pay', ...rest },
      { atMs: event.atMs, cycleStartMs: payment.debt.cycleStartMs },
    );
  }
  countGroups(wallet, event);
}

/** Overdraft is kept by cycle and rate. */
const debtKeyOf = (use: RateUse): DebtKey => ({ cycleStartMs: use.cycle.startMs, rate: use.rate });

/** Applies one run of draws to its pool and figures. `refund` is the grant that the run makes, if it makes one. */
export function applyRun(wallet: Wallet, use: RateUse, run: DrawRun, refund?: GrantTerms): void {
  const pool = poolOf(wallet, use.pool);
  const figures = figuresOf(pool, figureCycle(wallet, use));
  const amount = run.amountNanos;
  figures.usedNanos += amount;
  if (run.from === 'expired') {
    drawExpired(pool, run.grant ?? '', amount);
    figures.expiredNanos -= amount;
    return;
  }
  pool.balanceNanos -= amount;
  if (run.from === 'overdraft') {
    debtOf(pool, debtKeyOf(use)).owedNanos += amount;
    pool.overdraftNanos += amount;
    return;
  }
  if (run.from === 'refund') {
    if (refund === undefined) throw new ImpossibleEvent(`refund grant ${run.grant ?? ''} has no terms`);
    if (run.isRepaid === true) unpayDebt(debtOf(pool, debtKeyOf(use)), refund.refundOf ?? '', -amount);
    pool.balanceNanos += amount;
    applyMovement(wallet, pool, { kind: 'grant', grant: refund }, { atMs: 0, cycleStartMs: use.cycle.startMs });
    return;
  }
  if (run.isRepaid === true) unpayDebt(debtOf(pool, debtKeyOf(use)), run.grant ?? '', -amount);
  const grant = grantOf(pool, run.grant ?? '');
  if (amount > grant.remainingNanos) throw new ImpossibleEvent(`grant ${grant.id} holds less than ${amount}`);
  grant.remainingNanos -= amount;
}

function countGroups(wallet: Wallet, event: UsageCharged): void {
  if (![...wallet.rules.values()].some(({ rule }) => rule.kind === 'budget')) return;
  for (const group of event.groups)
    countForBudgets(wallet, useOf(event, group.use), {
      pairs: event.dimensions[group.dimensions] ?? [],
      creditsNanos: group.creditsNanos,
    });
}

/** Budgets count the usage of the cycle that ledger time is in. */
export function countForBudgets(
  wallet: Wallet,
  use: RateUse,
  usage: { readonly pairs: DimensionPairs; readonly creditsNanos: bigint },
): void {
  if (!isCountedByBudgets(wallet, use)) return;
  for (const state of wallet.rules.values()) {
    const { kind, pool, scope } = state.rule;
    if (kind === 'budget' && pool === use.pool && isInScope(scope, usage.pairs))
      countForBudget(wallet, state, usage.creditsNanos);
  }
}

export const isCountedByBudgets = (wallet: Wallet, use: Pick<RateUse, 'cycle' | 'outcome'>): boolean =>
  figureCycle(wallet, use) === currentCycleMs(wallet);

const currentCycleMs = (wallet: Wallet): number => wallet.cycles.at(-1)?.startMs ?? 0;

/** Adds to what a budget has counted in the current cycle, from zero where that was another one. */
export function countForBudget(wallet: Wallet, state: RuleState, creditsNanos: bigint): void {
  const current = currentCycleMs(wallet);
  if (state.countedCycleMs !== current) {
    state.countedCycleMs = current;
    state.countedNanos = 0n;
  }
  state.countedNanos += creditsNanos;
}

/** What a budget with this pool and scope counts of an event that the cycle beginning at `cycleStartMs` holds. */
export function budgetUsageOf(
  event: UsageCharged,
  {
    pool,
    scope,
    cycleStartMs,
  }: { readonly pool: string; readonly scope: DimensionPairs; readonly cycleStartMs: number },
): bigint {
  let nanos = 0n;
  for (const group of event.groups) {
    const use = useOf(event, group.use);
    const isOfCycle = use.outcome === 'adjusted' || use.cycle.startMs === cycleStartMs;
    if (!isOfCycle || use.pool !== pool || !isInScope(scope, event.dimensions[group.dimensions] ?? [])) continue;
    nanos += group.creditsNanos;
  }
  return nanos;
}

/** Whether usage with these dimensions lies in the scope of a budget: every pair of the scope is there. */
const isInScope = (scope: DimensionPairs, pairs: DimensionPairs): boolean =>
  scope.every(([name, value]) => pairs.some(([n, v]) => n === name && v === value));
