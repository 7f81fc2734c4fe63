import type { DrawRun } from '../account-events.js';
import type { AccountState, RateState } from '../account-state.js';
import type { ChargeBuilder } from './charge-builder.js';
import { applyRun } from '../evolve/evolve-usage.js';
import { rememberDraw } from '../evolve/evolve-rates.js';
import { paymentsFrom } from '../grants/pay-overdraft.js';
import { grantId } from '../grants/grant-id.js';
import { refundGrant } from '../grants/refund-grant.js';
import { applyMovement, ImpossibleEvent, poolOf } from '../evolve/pool.js';

interface GivingBack {
  readonly use: number;
  readonly rate: RateState;
  readonly amountNanos: bigint;
}

/**
 * A negative charge goes back to the unreversed draws of the same rate and cycle, newest first, and no further.
 * Answers the credits of the line (zero or less).
 */
export function giveBack(draft: AccountState, builder: ChargeBuilder, line: GivingBack): bigint {
  const use = builder.useAt(line.use);
  let left = line.amountNanos;
  for (let newest = line.rate.draws?.at(-1); newest !== undefined && left > 0n; newest = line.rate.draws?.at(-1)) {
    const part = newest.amountNanos < left ? newest.amountNanos : left;
    left -= part;
    const runs = returnRuns(draft, builder, { use: line.use, grant: newest.grant, amountNanos: part });
    if (runs.reduce((sum, run) => sum - run.amountNanos, 0n) !== part || part === 0n)
      throw new ImpossibleEvent('what a rate drew and has not given back is nowhere to go back to');
    for (const run of runs) {
      const refund = run.from === 'refund' ? builder.refundGrants.find((grant) => grant.id === run.grant) : undefined;
      applyRun(draft.wallet, use, run, refund);
      builder.draw(run);
    }
    rememberDraw(line.rate, { from: 'grant', grant: newest.grant, amountNanos: -part });
  }
  payFromReturned(draft, builder, use.pool);
  return left - line.amountNanos;
}

/** Where a part of a draw goes back to: its grant, overdraft not paid yet, the grants that paid it, or a refund grant. */
function returnRuns(
  draft: AccountState,
  builder: ChargeBuilder,
  draw: { use: number; grant: string | null; amountNanos: bigint },
): DrawRun[] {
  const use = builder.useAt(draw.use);
  const pool = poolOf(draft.wallet, use.pool);
  if (draw.grant !== null) return [returnRun(draft, builder, { ...draw, grant: draw.grant, isRepaid: false })];
  const debt = pool.debts.find((d) => d.cycleStartMs === use.cycle.startMs && d.rate === use.rate);
  const runs: DrawRun[] = [];
  let left = draw.amountNanos;
  const owed = debt === undefined ? 0n : debt.owedNanos < left ? debt.owedNanos : left;
  if (owed > 0n) runs.push({ use: draw.use, from: 'overdraft', grant: null, amountNanos: -owed });
  left -= owed;
  for (const payment of debt?.payments.toReversed() ?? []) {
    if (left === 0n) break;
    const part = payment.amountNanos < left ? payment.amountNanos : left;
    if (part === 0n) continue;
    left -= part;
    runs.push(returnRun(draft, builder, { use: draw.use, grant: payment.grant, amountNanos: part, isRepaid: true }));
  }
  return runs;
}

function returnRun(
  draft: AccountState,
  builder: ChargeBuilder,
  draw: { use: number; grant: string; amountNanos: bigint; isRepaid: boolean },
): DrawRun {
  const pool = poolOf(draft.wallet, builder.useAt(draw.use).pool);
  const repaid = draw.isRepaid ? { isRepaid: true } : {};
  const ended = pool.ended.get(draw.grant);
  if (ended === undefined)
    return { use: draw.use, from: 'grant', grant: draw.grant, amountNanos: -draw.amountNanos, ...repaid };
  const { wallet } = draft;
  const grant = refundGrant(ended.terms, {
    id: grantId(builder.revision, builder.refundGrants.length),
    amountNanos: draw.amountNanos,
    atMs: wallet.ledgerTimeMs,
    cycleEndMs: wallet.cycles.at(-1)?.endMs ?? null,
  });
  builder.refundGrants.push(grant);
  return { use: draw.use, from: 'refund', grant: grant.id, amountNanos: -draw.amountNanos, ...repaid };
}

/** Where overdraft is above zero, no grant keeps a remainder: what went back pays it, in drawing order. */
function payFromReturned(draft: AccountState, builder: ChargeBuilder, key: string): void {
  const pool = poolOf(draft.wallet, key);
  for (const grant of pool.grants) {
    if (pool.overdraftNanos === 0n) return;
    for (const movement of paymentsFrom(pool, grant.id, grant.remainingNanos)) {
      if (movement.kind !== 'pay') continue;
      applyMovement(draft.wallet, pool, movement, { atMs: 0, cycleStartMs: movement.debt.cycleStartMs });
      builder.payments.push({ pool: key, grant: grant.id, debt: movement.debt, amountNanos: movement.amountNanos });
    }
  }
}
