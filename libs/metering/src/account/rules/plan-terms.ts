import type { Catalog, Plan } from '../../catalog/index.js';
import type { Wallet } from '../account-state.js';
import { ImpossibleEvent } from '../evolve/pool.js';

/** The plan with this key. A published plan is never removed, so a missing one is a damaged catalog. */
export function planOf(catalog: Catalog, key: string): Plan {
  const plan = catalog.plan(key);
  if (plan === undefined) throw new ImpossibleEvent(`the catalog has no plan ${key}`);
  return plan;
}

/** The plan in force at a usage time, also beyond the current cycle's end. */
export function planAt(wallet: Wallet, usageTimeMs: number): string {
  const end = wallet.cycles.at(-1)?.endMs ?? Number.POSITIVE_INFINITY;
  if (usageTimeMs >= end && wallet.pendingPlan !== null) return wallet.pendingPlan;
  for (let i = wallet.plans.length - 1; i > 0; i--) {
    const change = wallet.plans[i];
    if (change !== undefined && change.fromMs <= usageTimeMs) return change.plan;
  }
  return wallet.plans[0]?.plan ?? wallet.plan;
}

/** The negative limits that a plan sets: one for each pool of the catalog, zero where it says nothing. */
export const negativeLimitsOf = (plan: Plan): { pool: string; limitNanos: bigint }[] =>
  [...plan.negativeLimits].map(([pool, limitNanos]) => ({ pool, limitNanos }));
