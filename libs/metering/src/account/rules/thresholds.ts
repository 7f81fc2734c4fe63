import type { CrossingCause, ThresholdMark, ThresholdReached } from '../account-events.js';
import type { RuleState, Wallet } from '../account-state.js';
import { builtInRules, isBuiltInRule } from './built-in-rules.js';
import { ruleKey } from './rule-key.js';

export const HUNDRED_PERCENT_NANOS = 100n * 1_000_000_000n;

/** The figure that a rule looks at, and whether `mark` is reached: equal to it or beyond it. */
export function isReached(wallet: Wallet, state: RuleState, mark: ThresholdMark): boolean {
  const { rule } = state;
  const figure = figureOf(wallet, state);
  switch (rule.basis) {
    case 'budget':
      return figure >= mark.valueNanos;
    case 'balance':
      return figure <= mark.valueNanos;
    case 'percent-used':
      return figure >= mark.valueNanos;
    case 'percent-left':
      return figure <= mark.valueNanos;
  }
}

/**
 * Balance in nano-credits, what a budget has counted, or percent of balance + used of the current cycle in 10⁻⁹
 * percent (rounded towards reaching nothing early: a percentage is floored when used, raised when left).
 */
export function figureOf(wallet: Wallet, state: RuleState): bigint {
  const { rule } = state;
  const currentMs = wallet.cycles.at(-1)?.startMs ?? 0;
  if (rule.basis === 'budget') return state.countedCycleMs === currentMs ? state.countedNanos : 0n;
  const pool = wallet.pools.get(rule.pool);
  const balance = pool?.balanceNanos ?? 0n;
  if (rule.basis === 'balance') return balance;
  const used = pool?.figures.get(currentMs)?.usedNanos ?? 0n;
  const whole = balance + used;
  if (whole <= 0n) {
    const isUsedUp = used > 0n;
    if (rule.basis === 'percent-used') return isUsedUp ? HUNDRED_PERCENT_NANOS : 0n;
    return isUsedUp ? 0n : HUNDRED_PERCENT_NANOS;
  }
  if (rule.basis === 'percent-used') return floorDivide(used * HUNDRED_PERCENT_NANOS, whole);
  return -floorDivide(-balance * HUNDRED_PERCENT_NANOS, whole);
}

const floorDivide = (numerator: bigint, denominator: bigint): bigint => {
  const quotient = numerator / denominator;
  return numerator % denominator < 0n ? quotient - 1n : quotient;
};

/** After credits came in, thresholds that are reached no more can be reached again. */
export function rearmRules(wallet: Wallet): void {
  for (const state of wallet.rules.values())
    for (const value of state.reached) {
      const mark = { valueNanos: BigInt(value), severity: null, channels: [] };
      if (!isReached(wallet, state, mark)) state.reached.delete(value);
    }
}

/** Every rule with what it has reached: those of the users in the order in which they were set, then the built-in ones. */
export function* rulesOf(wallet: Wallet): Generator<RuleState> {
  for (const state of wallet.rules.values()) if (!isBuiltInRule(state.rule)) yield state;
  for (const pool of wallet.pools.values())
    for (const rule of builtInRules(pool)) {
      const { reached, reachedCycleMs } = wallet.rules.get(ruleKey(rule)) ?? NOTHING_REACHED;
      yield { rule, reached, reachedCycleMs, countedNanos: 0n, countedCycleMs: 0 };
    }
}

const NOTHING_REACHED: Pick<RuleState, 'reached' | 'reachedCycleMs'> = { reached: new Set(), reachedCycleMs: 0 };

/** Whether a mark was reached before in the cycle that ledger time is in. */
export const isKnownReached = (wallet: Wallet, state: RuleState, mark: ThresholdMark): boolean =>
  state.reached.size > 0 &&
  state.reachedCycleMs === (wallet.cycles.at(-1)?.startMs ?? 0) &&
  state.reached.has(mark.valueNanos.toString());

/** The thresholds newly crossed by what has just happened, in the order of the rules and their marks. */
export function crossings(wallet: Wallet, by: CrossingCause, isSilent: boolean): ThresholdReached[] {
  const cycleStartMs = wallet.cycles.at(-1)?.startMs ?? 0;
  const reached: ThresholdReached[] = [];
  for (const state of rulesOf(wallet)) {
    for (const mark of state.rule.marks) {
      if (isKnownReached(wallet, state, mark) || !isReached(wallet, state, mark)) continue;
      reached.push({
        type: 'ThresholdReached',
        atMs: wallet.ledgerTimeMs,
        entries: [],
        rule: { kind: state.rule.kind, name: state.rule.name },
        valueNanos: mark.valueNanos,
        figureNanos: figureOf(wallet, state),
        severity: mark.severity,
        channels: mark.channels,
        pool: state.rule.pool,
        cycleStartMs,
        by,
        isSilent,
      });
    }
  }
  return reached;
}
