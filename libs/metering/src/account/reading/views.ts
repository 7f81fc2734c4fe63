import { divideHalfEven } from '../../amounts/index.js';
import type { CycleBounds, GrantSource } from '../account-events.js';
import type { Cycle, Figures, Pool, Wallet } from '../account-state.js';
import { netOf } from '../evolve/pool.js';

export type BalanceStatus = 'green' | 'yellow' | 'red' | 'exhausted';

/** One pool of a balance answer: balance = opening + granted + refunded + adjusted − used − expired. */
export interface PoolView extends Figures {
  readonly pool: string;
  readonly openingNanos: bigint;
  readonly balanceNanos: bigint;
  readonly heldNanos: bigint;
  readonly availableNanos: bigint;
  readonly overdraftNanos: bigint;
  readonly negativeLimitNanos: bigint;
  readonly status: BalanceStatus;
  /** Used ÷ (balance + used) of the current cycle, in hundredths of a percent. */
  readonly percentUsedHundredths: bigint;
  readonly cycle: CycleBounds;
  readonly resetAtMs: number;
  readonly grants: readonly GrantView[];
}

export interface GrantView {
  readonly id: string;
  readonly source: GrantSource;
  readonly priority: number;
  readonly amountNanos: bigint;
  readonly remainingNanos: bigint;
  readonly effectiveAtMs: number;
  readonly expiresAtMs: number | null;
}

const NO_FLOWS: Figures = { grantedNanos: 0n, refundedNanos: 0n, adjustedNanos: 0n, usedNanos: 0n, expiredNanos: 0n };

/** The pools of an account over its current cycle, in the order in which they came to be. */
export function poolViews(wallet: Wallet): PoolView[] {
  const current = wallet.cycles.at(-1);
  return current === undefined ? [] : [...wallet.pools.values()].map((pool) => poolView(wallet, pool, current));
}

function poolView(wallet: Wallet, pool: Pool, cycle: Cycle): PoolView {
  const figures = pool.figures.get(cycle.startMs) ?? NO_FLOWS;
  return {
    pool: pool.key,
    openingNanos: openingOfCycle(wallet, pool, cycle.startMs),
    ...figures,
    balanceNanos: pool.balanceNanos,
    heldNanos: pool.heldNanos,
    availableNanos: pool.balanceNanos - pool.heldNanos,
    overdraftNanos: pool.overdraftNanos,
    negativeLimitNanos: pool.negativeLimitNanos,
    status: statusOf(pool.balanceNanos, figures.usedNanos),
    percentUsedHundredths: percentUsedOf(pool.balanceNanos, figures.usedNanos),
    cycle: { startMs: cycle.startMs, endMs: cycle.endMs },
    resetAtMs: cycle.endMs,
    grants: pool.grants
      .filter((grant) => grant.remainingNanos > 0n || grant.isPlan || grant.recurrence !== null)
      .map(({ id, source, priority, amountNanos, remainingNanos, effectiveAtMs, expiresAtMs }) => ({
        id,
        source,
        priority,
        amountNanos,
        remainingNanos,
        effectiveAtMs,
        expiresAtMs,
      })),
  };
}

/** The statuses that the pools of an account have, each once and in order. */
export function poolStatuses(wallet: Wallet): BalanceStatus[] {
  const current = wallet.cycles.at(-1);
  if (current === undefined) return [];
  const statuses = new Set<BalanceStatus>();
  for (const pool of wallet.pools.values())
    statuses.add(statusOf(pool.balanceNanos, pool.figures.get(current.startMs)?.usedNanos ?? 0n));
  return [...statuses].toSorted();
}

/** Closing of the cycle before: the last closed one's, and what the open ones since have changed. */
export function openingOfCycle(wallet: Wallet, pool: Pool, cycleStartMs: number): bigint {
  let opening = pool.closedNanos;
  for (const cycle of wallet.cycles) {
    if (cycle.startMs >= cycleStartMs) break;
    const figures = cycle.isClosed ? undefined : pool.figures.get(cycle.startMs);
    if (figures !== undefined) opening += netOf(figures);
  }
  return opening;
}

/** `green` above 75 % left, `yellow` 25 to 75 %, `red` below 25 %, of balance + used; `exhausted` at 0 or below. */
export function statusOf(balanceNanos: bigint, usedNanos: bigint): BalanceStatus {
  const whole = balanceNanos + usedNanos;
  if (balanceNanos <= 0n || whole <= 0n) return 'exhausted';
  const left = balanceNanos * 100n;
  if (left > whole * 75n) return 'green';
  return left >= whole * 25n ? 'yellow' : 'red';
}

/** In hundredths of a percent, half to even; all where more than everything is used, nothing where there is nothing. */
export function percentUsedOf(balanceNanos: bigint, usedNanos: bigint): bigint {
  const whole = balanceNanos + usedNanos;
  if (whole <= 0n) return usedNanos > 0n ? ALL_HUNDREDTHS : 0n;
  return divideHalfEven(usedNanos * ALL_HUNDREDTHS, whole);
}

const ALL_HUNDREDTHS = 10_000n;

export type GateReason = 'Allowed' | 'InsufficientCredits' | 'NegativeLimitReached' | 'Paused' | 'BelowStartThreshold';

export interface Gate {
  readonly isAllowed: boolean;
  readonly reason: GateReason;
  readonly message: string;
  readonly availableNanos: bigint;
}

export interface GateQuestion {
  readonly pool: string;
  readonly estimateNanos: bigint;
  /** Work that runs already asks whether it may continue. */
  readonly isRunning: boolean;
  readonly startThresholdNanos: bigint;
}

/** What users are told when work may not go on, in the words of the product documents. */
const USED_UP = "You've used all your available credits. Please add more credits to your account to continue.";

/** May this start, or continue? Start: available − estimate ≥ start threshold. Continue: balance > −negative limit. */
export function decideGate(wallet: Wallet, question: GateQuestion): Gate {
  const pool = wallet.pools.get(question.pool);
  const balance = pool?.balanceNanos ?? 0n;
  const availableNanos = balance - (pool?.heldNanos ?? 0n);
  const answer = (isAllowed: boolean, reason: GateReason, message: string): Gate => ({
    isAllowed,
    reason,
    message,
    availableNanos,
  });
  if (question.isRunning) {
    const limit = pool?.negativeLimitNanos ?? 0n;
    return balance > -limit
      ? answer(true, 'Allowed', 'The work may continue.')
      : answer(false, 'NegativeLimitReached', USED_UP);
  }
  if (wallet.isPaused) return answer(false, 'Paused', 'The account is paused.');
  const after = availableNanos - question.estimateNanos;
  if (after < question.startThresholdNanos || availableNanos <= 0n) {
    if (availableNanos <= 0n) return answer(false, 'InsufficientCredits', USED_UP);
    const isThreshold = after >= 0n;
    return isThreshold
      ? answer(false, 'BelowStartThreshold', 'What would be left is below the threshold for starting work.')
      : answer(false, 'InsufficientCredits', 'The available credits do not cover the estimate.');
  }
  return answer(true, 'Allowed', 'The work may start.');
}
