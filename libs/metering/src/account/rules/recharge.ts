import type { Catalog } from '../../catalog/index.js';
import { cycleContaining } from '../../time/index.js';
import type { CrossingCause, RechargeRequested } from '../account-events.js';
import type { Wallet } from '../account-state.js';
import { planOf } from './plan-terms.js';

/**
 * Auto-recharge, decided in the fold: requested while available is below the threshold, at most one open, never past
 * the month's limit, while paused, on a free plan or within the back-off after a decline.
 */
export function rechargeRequests(wallet: Wallet, catalog: Catalog, by: CrossingCause): RechargeRequested[] {
  const { recharge } = wallet;
  if (recharge === null || !recharge.enabled || recharge.open !== null || wallet.isPaused) return [];
  if (wallet.ledgerTimeMs < recharge.retryAtMs || !planOf(catalog, wallet.plan).isPaid) return [];
  const bought = catalog.package(recharge.package);
  if (bought === undefined || bought.fixedPrice === null) return [];
  const pool = wallet.pools.get(bought.pool);
  const available = (pool?.balanceNanos ?? 0n) - (pool?.heldNanos ?? 0n);
  if (available >= recharge.thresholdNanos) return [];
  const { amountMinor, currency } = bought.fixedPrice;
  const month = cycleContaining(wallet.ledgerTimeMs, 1).startMs;
  const spent = recharge.spendMonthMs === month ? recharge.spentMinor : 0n;
  if (spent + amountMinor > recharge.monthlyLimitMinor) return [];
  const { creditsNanos, bonusNanos, expires, refundWindow } = bought;
  if (creditsNanos === null) return [];
  return [
    {
      type: 'RechargeRequested',
      atMs: wallet.ledgerTimeMs,
      entries: [],
      purchase: rechargeId(wallet),
      package: recharge.package,
      price: { amountMinor, currency },
      terms: { pool: bought.pool, creditsNanos, bonusNanos, expires, refundWindow },
      by,
    },
  ];
}

/** Stable however often the decision is made again; unique within the account. */
const rechargeId = (wallet: Wallet): string => `recharge-${wallet.rechargeCount + 1}`;
