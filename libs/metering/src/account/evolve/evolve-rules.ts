import { cycleContaining } from '../../time/index.js';
import type { AccountEvent, ThresholdRule } from '../account-events.js';
import type { RuleState, Wallet } from '../account-state.js';
import { builtInRuleOf, isBuiltInRule } from '../rules/built-in-rules.js';
import { ruleKey } from '../rules/rule-key.js';
import { ImpossibleEvent } from './pool.js';

/** Requests that a late payment may still complete. */
const RECHARGES_REMEMBERED = 1_000;

/** Thresholds: a rule set, or reached. */
export function applyRule(
  wallet: Wallet,
  event: Extract<AccountEvent, { type: 'ThresholdRuleSet' | 'ThresholdReached' }>,
): void {
  const current = wallet.cycles.at(-1)?.startMs ?? 0;
  if (event.type === 'ThresholdRuleSet') {
    const key = ruleKey(event.rule);
    // A rule without marks is one that was removed.
    if (event.rule.marks.length === 0) {
      wallet.rules.delete(key);
      return;
    }
    wallet.rules.set(key, {
      rule: event.rule,
      countedNanos: event.countedNanos,
      countedCycleMs: current,
      reached: stillReached(wallet.rules.get(key), event.rule, current),
      reachedCycleMs: current,
    });
    return;
  }
  const rule = isBuiltInRule(event.rule) ? builtInState(wallet, event) : wallet.rules.get(ruleKey(event.rule));
  if (rule === undefined) throw new ImpossibleEvent(`rule ${event.rule.name} is not set`);
  if (rule.reachedCycleMs !== event.cycleStartMs) {
    rule.reachedCycleMs = event.cycleStartMs;
    rule.reached = new Set();
  }
  rule.reached.add(event.valueNanos.toString());
}

/** A rule that is set again tells nobody a second time what it has told in this cycle. */
function stillReached(old: RuleState | undefined, rule: ThresholdRule, cycleStartMs: number): Set<string> {
  if (old === undefined || old.reachedCycleMs !== cycleStartMs) return new Set();
  const isSame = old.rule.pool === rule.pool && old.rule.basis === rule.basis && isSameScope(old.rule, rule);
  const values = new Set(rule.marks.map(({ valueNanos }) => valueNanos.toString()));
  return new Set(isSame ? [...old.reached].filter((value) => values.has(value)) : []);
}

const isSameScope = (one: ThresholdRule, other: ThresholdRule): boolean =>
  JSON.stringify(one.scope) === JSON.stringify(other.scope);

/** Nobody sets a built-in rule: what it has reached is kept from the first time on. */
function builtInState(
  wallet: Wallet,
  { rule, pool, cycleStartMs }: Extract<AccountEvent, { type: 'ThresholdReached' }>,
): RuleState {
  const key = ruleKey(rule);
  let state = wallet.rules.get(key);
  if (state === undefined) {
    const counted = { countedNanos: 0n, countedCycleMs: cycleStartMs };
    state = { rule: builtInRuleOf(rule.name, pool), ...counted, reached: new Set(), reachedCycleMs: cycleStartMs };
    wallet.rules.set(key, state);
  }
  return state;
}

/** Auto-recharge: its settings, and the one request that may be open. */
export function applyRecharge(
  wallet: Wallet,
  event: Extract<AccountEvent, { type: 'AutoRechargeSet' | 'RechargeRequested' | 'RechargeDeclined' }>,
): void {
  if (event.type === 'AutoRechargeSet') {
    const old = wallet.recharge;
    wallet.recharge = {
      open: old?.open ?? null,
      asked: old?.asked ?? new Map(),
      spentMinor: old?.spentMinor ?? 0n,
      spendMonthMs: old?.spendMonthMs ?? 0,
      retryAtMs: old?.retryAtMs ?? 0,
      ...event.settings,
    };
    return;
  }
  if (wallet.recharge === null) throw new ImpossibleEvent('auto-recharge is not set');
  if (event.type === 'RechargeRequested') {
    wallet.rechargeCount += 1;
    const { purchase, package: bought, price, terms } = event;
    const open = { purchase, package: bought, ...price, terms, requestedAtMs: event.atMs };
    wallet.recharge.open = open;
    wallet.recharge.asked.set(purchase, open);
    const [oldest] = wallet.recharge.asked.keys();
    if (wallet.recharge.asked.size > RECHARGES_REMEMBERED && oldest !== undefined) wallet.recharge.asked.delete(oldest);
  } else {
    wallet.recharge.open = null;
    wallet.recharge.retryAtMs = event.retryAfterMs;
  }
}

/** A purchase by auto-recharge counts in the spend of the calendar month (UTC) in which it was requested. */
export function recordRecharge(
  wallet: Wallet,
  purchase: { readonly id: string; readonly amountMinor: bigint; readonly atMs: number },
): void {
  const { recharge } = wallet;
  if (recharge === null) return;
  const month = cycleContaining(recharge.open?.requestedAtMs ?? purchase.atMs, 1).startMs;
  if (recharge.spendMonthMs !== month) {
    recharge.spendMonthMs = month;
    recharge.spentMinor = 0n;
  }
  recharge.spentMinor += purchase.amountMinor;
  if (recharge.open?.purchase === purchase.id) recharge.open = null;
}
