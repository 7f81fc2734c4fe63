import { addPeriod, civilOf, parsePeriod } from '../../time/index.js';
import type { LedgerEntry, Recurrence } from '../account-events.js';
import type { Wallet } from '../account-state.js';
import { applyEntry } from '../evolve/evolve-wallet.js';
import { paymentsFrom } from './pay-overdraft.js';

/** Fills due recurring grants up to their amount; `scratch` is moved along. */
export function refillsAt(
  scratch: Wallet,
  atMs: number,
  cycleStartMs: number,
): { entries: LedgerEntry[]; refills: { grant: string; nextAtMs: number }[] } {
  const entries: LedgerEntry[] = [];
  const refills: { grant: string; nextAtMs: number }[] = [];
  for (const pool of scratch.pools.values())
    for (const grant of pool.grants) {
      if (grant.recurrence === null || grant.recurrence.nextAtMs > atMs) continue;
      refills.push({ grant: grant.id, nextAtMs: followingMs(grant.recurrence) });
      const amountNanos = grant.amountNanos - grant.remainingNanos;
      if (amountNanos <= 0n) continue;
      const entry: LedgerEntry = {
        type: 'grant',
        pool: pool.key,
        amountNanos,
        cycleStartMs,
        figure: 'granted',
        cause: 'recurrence',
        movements: [
          { kind: 'refill', grant: grant.id, amountNanos },
          ...paymentsFrom(pool, grant.id, grant.amountNanos),
        ],
      };
      applyEntry(scratch, entry, atMs);
      entries.push(entry);
    }
  return { entries, refills };
}

/** The next instant of a recurrence; month ends are counted from the anchor, so they do not drift. */
export function followingMs(recurrence: Recurrence): number {
  const period = parsePeriod(recurrence.every);
  if (period === undefined) throw new RangeError(`not a period: ${recurrence.every}`);
  return addPeriod(recurrence.nextAtMs, period, civilOf(recurrence.anchorMs).day);
}
