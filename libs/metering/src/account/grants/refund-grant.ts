import type { GrantTerms } from '../account-events.js';

/** What would go back to a grant that has ended: same pool and priority, to the end of the current cycle unless paid for. */
export const refundGrant = (
  of: GrantTerms,
  to: { id: string; amountNanos: bigint; atMs: number; cycleEndMs: number | null },
): GrantTerms => ({
  id: to.id,
  pool: of.pool,
  source: 'refund',
  amountNanos: to.amountNanos,
  priority: of.priority,
  effectiveAtMs: to.atMs,
  expiresAtMs: of.isPaid ? null : to.cycleEndMs,
  isPaid: of.isPaid,
  isPlan: false,
  rollover: null,
  recurrence: null,
  cyclesLeft: null,
  purchase: of.purchase,
  refundOf: of.id,
});
