import type { LedgerEntry } from '../account-events.js';
import type { Grant } from '../account-state.js';

/** The entry by which what is left of a grant ends; `keptNanos` of it rolls over and is no more reversible. */
export function expiryEntry(
  grant: Grant,
  as: { cycleStartMs: number; keptNanos: bigint; cause: string; type?: 'expiry' | 'reset' },
): LedgerEntry {
  const left = grant.remainingNanos;
  return {
    type: as.type ?? 'expiry',
    pool: grant.pool,
    amountNanos: -left,
    cycleStartMs: as.cycleStartMs,
    figure: 'expired',
    cause: as.cause,
    movements: [{ kind: 'expire', grant: grant.id, amountNanos: left, reversibleNanos: left - as.keptNanos }],
  };
}
