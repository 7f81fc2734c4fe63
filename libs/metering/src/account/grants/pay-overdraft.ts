import type { GrantTerms, LedgerEntry, Movement } from '../account-events.js';
import type { Pool } from '../account-state.js';

/** What a grant of `amountNanos` pays of the pool's overdraft, oldest first. The pool itself is left as it is. */
export function paymentsFrom(pool: Pool | undefined, grant: string, amountNanos: bigint): Movement[] {
  const movements: Movement[] = [];
  let left = amountNanos;
  for (const debt of pool?.debts ?? []) {
    if (left === 0n) break;
    if (debt.owedNanos === 0n) continue;
    const part = debt.owedNanos < left ? debt.owedNanos : left;
    left -= part;
    movements.push({
      kind: 'pay',
      grant,
      debt: { cycleStartMs: debt.cycleStartMs, rate: debt.rate },
      amountNanos: part,
    });
  }
  return movements;
}

/** The entry of a grant that counts at once, with the overdraft that it pays first. */
export function grantEntry(
  pool: Pool | undefined,
  grant: GrantTerms,
  as: Pick<LedgerEntry, 'type' | 'figure' | 'cause' | 'cycleStartMs'>,
): LedgerEntry {
  return {
    ...as,
    pool: grant.pool,
    amountNanos: grant.amountNanos,
    movements: [{ kind: 'grant', grant }, ...paymentsFrom(pool, grant.id, grant.amountNanos)],
  };
}
