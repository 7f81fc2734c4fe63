import type { Wallet } from '../account-state.js';

/** The earliest instant at which time itself changes the account (see `advance`); infinity when there is none. */
export function nextInstantMs(wallet: Wallet, graceMs: number): number {
  if (!wallet.isOpen) return Number.POSITIVE_INFINITY;
  let next = wallet.cycles.at(-1)?.endMs ?? Number.POSITIVE_INFINITY;
  for (const pool of wallet.pools.values()) {
    for (const grant of pool.scheduled) next = Math.min(next, grant.effectiveAtMs);
    for (const grant of pool.grants) {
      if (grant.expiresAtMs !== null) next = Math.min(next, grant.expiresAtMs);
      if (grant.recurrence !== null) next = Math.min(next, grant.recurrence.nextAtMs);
    }
  }
  for (const hold of wallet.holds.values()) next = Math.min(next, hold.expiresAtMs);
  if (wallet.clock !== 'live') next = Math.min(next, nextClosingMs(wallet, graceMs));
  return next;
}

/** When the oldest ended cycle may close: its end and the grace; infinity when no ended cycle is open. */
export function nextClosingMs(wallet: Wallet, graceMs: number): number {
  const cycle = wallet.cycles.find((c) => !c.isClosed);
  return cycle === undefined || !cycle.isEnded ? Number.POSITIVE_INFINITY : cycle.endMs + graceMs;
}

/** A hint for schedulers: when advancing or closing would next do something; null when never. */
export function nextDueMs(wallet: Wallet, graceMs: number): number | null {
  const next = Math.min(nextInstantMs(wallet, graceMs), nextClosingMs(wallet, graceMs));
  return Number.isFinite(next) ? next : null;
}
