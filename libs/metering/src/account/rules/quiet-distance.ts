import type { Catalog } from '../../catalog/index.js';
import type { ThresholdMark } from '../account-events.js';
import type { RuleState, Wallet } from '../account-state.js';
import { HUNDRED_PERCENT_NANOS, isKnownReached, rulesOf } from './thresholds.js';

/** Beyond every amount that an account can move. */
const FOR_EVER = 1n << 200n;
/** Something depends on more than amounts: it has to be looked at after each event. */
const NEVER = -1n;

/**
 * How many nano-credits usage may move, in whatever pools and directions, before any alert or the recharge can have
 * anything to say: what keeps the look after each usage event cheap. Never too large; below zero: look each time.
 * Budgets know by themselves what is left of them (`BudgetCounts`): few of the credits that move are in their scope.
 */
export function quietDistance(wallet: Wallet, catalog: Catalog): bigint {
  let distance = rechargeDistance(wallet, catalog);
  for (const state of rulesOf(wallet)) {
    if (distance < 0n) return NEVER;
    if (state.rule.kind === 'budget') continue;
    const mark = nextMark(wallet, state);
    const own = mark === undefined ? distance : markDistance(wallet, state, mark);
    if (own < distance) distance = own;
  }
  return distance;
}

/** The mark that comes first of those not reached yet: the least percentage used; of what is left, the largest. */
function nextMark(wallet: Wallet, state: RuleState): ThresholdMark | undefined {
  const isRising = state.rule.basis === 'percent-used';
  let next: ThresholdMark | undefined;
  for (const mark of state.rule.marks) {
    const isNearer =
      next === undefined || (isRising ? mark.valueNanos < next.valueNanos : mark.valueNanos > next.valueNanos);
    if (isNearer && !isKnownReached(wallet, state, mark)) next = mark;
  }
  return next;
}

/** Moving d nano-credits changes balance and used by at most d each, and their sum by at most d. */
function markDistance(wallet: Wallet, { rule }: RuleState, { valueNanos }: ThresholdMark): bigint {
  const pool = wallet.pools.get(rule.pool);
  const balance = pool?.balanceNanos ?? 0n;
  if (rule.basis === 'balance') return balance - valueNanos - 1n;
  const used = pool?.figures.get(wallet.cycles.at(-1)?.startMs ?? 0)?.usedNanos ?? 0n;
  const whole = balance + used;
  if (whole <= 0n) return NEVER;
  const room =
    rule.basis === 'percent-used'
      ? valueNanos * whole - HUNDRED_PERCENT_NANOS * used
      : HUNDRED_PERCENT_NANOS * balance - valueNanos * whole;
  return room <= 0n ? NEVER : (room - 1n) / (HUNDRED_PERCENT_NANOS + valueNanos);
}

function rechargeDistance({ recharge, pools, isPaused }: Wallet, catalog: Catalog): bigint {
  if (recharge === null || !recharge.enabled || recharge.open !== null || isPaused) return FOR_EVER;
  const bought = catalog.package(recharge.package);
  if (bought === undefined || bought.fixedPrice === null) return FOR_EVER;
  const pool = pools.get(bought.pool);
  // Below the threshold, months and back-offs decide: time, not amounts.
  return (pool?.balanceNanos ?? 0n) - (pool?.heldNanos ?? 0n) - recharge.thresholdNanos;
}
