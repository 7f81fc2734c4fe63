import { foldAccountUntil } from '@app/accounts';
import { formatCredits, formatTime, poolViews, type PoolView } from '@app/metering';
import type { OpenStreams } from '../open-streams.js';
import type { Terminal } from '../terminal.js';

export interface BalanceRequest {
  readonly organisation: string;
  /** Ledger time up to which events count; absent: all. */
  readonly atMs?: number;
}

/** The balance folded from the account's stream alone, as the HTTP contract shows it; undefined where it has none. */
export async function balanceOf({ store }: OpenStreams, { organisation, atMs }: BalanceRequest) {
  const at = atMs === undefined ? {} : { atMs };
  const { state, revision, last } = await foldAccountUntil({ store, organisation, ...at });
  const { wallet } = state;
  if (!wallet.isOpen) return undefined;
  return {
    organisation,
    plan: wallet.plan,
    state: wallet.isPaused ? 'paused' : 'active',
    asOf: {
      revision: String(revision),
      position: String(last?.position.commit ?? 0n),
      ledgerTime: formatTime(wallet.ledgerTimeMs),
    },
    pools: poolViews(wallet).map(viewPool),
  };
}

export type BalanceView = NonNullable<Awaited<ReturnType<typeof balanceOf>>>;

const viewPool = (pool: PoolView) => ({
  pool: pool.pool,
  opening: formatCredits(pool.openingNanos),
  granted: formatCredits(pool.grantedNanos),
  refunded: formatCredits(pool.refundedNanos),
  adjusted: formatCredits(pool.adjustedNanos),
  used: formatCredits(pool.usedNanos),
  expired: formatCredits(pool.expiredNanos),
  balance: formatCredits(pool.balanceNanos),
  held: formatCredits(pool.heldNanos),
  available: formatCredits(pool.availableNanos),
  overdraft: formatCredits(pool.overdraftNanos),
  negativeLimit: formatCredits(pool.negativeLimitNanos),
  status: pool.status,
  cycle: { start: formatTime(pool.cycle.startMs), end: formatTime(pool.cycle.endMs) },
  resetAt: formatTime(pool.resetAtMs),
  grants: pool.grants.map((grant) => ({
    id: grant.id,
    source: grant.source,
    priority: grant.priority,
    amount: formatCredits(grant.amountNanos),
    remaining: formatCredits(grant.remainingNanos),
    effectiveAt: formatTime(grant.effectiveAtMs),
    expiresAt: grant.expiresAtMs === null ? null : formatTime(grant.expiresAtMs),
  })),
});

export function printBalance(view: BalanceView, terminal: Terminal): void {
  const { asOf } = view;
  terminal.out(
    `${view.organisation}, plan ${view.plan}, ${view.state}, at ${asOf.ledgerTime} (revision ${asOf.revision})`,
  );
  for (const pool of view.pools) {
    terminal.out(`${pool.pool}: ${pool.balance} (${pool.status}), held ${pool.held}, overdraft ${pool.overdraft}`);
    terminal.out(
      `  cycle ${pool.cycle.start} to ${pool.cycle.end}: opening ${pool.opening} + granted ${pool.granted} + refunded ` +
        `${pool.refunded} + adjusted ${pool.adjusted} − used ${pool.used} − expired ${pool.expired}`,
    );
    for (const grant of pool.grants)
      terminal.out(
        `  grant ${grant.id} (${grant.source}): ${grant.remaining} of ${grant.amount}, until ${grant.expiresAt ?? 'ever'}`,
      );
  }
}
