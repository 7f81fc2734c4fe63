import type { DrawRun, GrantTerms } from '../account-events.js';
import type { AccountState, Pool, RateState } from '../account-state.js';
import type { ChargeBuilder } from './charge-builder.js';
import { compareGrants } from '../evolve/drawing-order.js';
import { applyRun } from '../evolve/evolve-usage.js';
import { rememberDraw } from '../evolve/evolve-rates.js';
import { poolOf } from '../evolve/pool.js';

interface LineDraw {
  readonly use: number;
  readonly rate: RateState;
  readonly amountNanos: bigint;
  readonly usageTimeMs: number;
}

/**
 * Draws a charge: usage of a cycle that is not closed first takes back what expired in that cycle at or after its
 * usage time, then come the grants in drawing order, then overdraft.
 */
export function drawLine(draft: AccountState, builder: ChargeBuilder, line: LineDraw): void {
  const use = builder.useAt(line.use);
  const pool = poolOf(draft.wallet, use.pool);
  let left = line.amountNanos;
  const take = (from: DrawRun['from'], grant: string | null, availableNanos: bigint): void => {
    const amountNanos = availableNanos < left ? availableNanos : left;
    const run: DrawRun = { use: line.use, from, grant, amountNanos };
    applyRun(draft.wallet, use, run);
    if (use.isReversible) rememberDraw(line.rate, run);
    builder.draw(run);
    left -= amountNanos;
  };
  if (use.outcome !== 'adjusted' && pool.ended.size > 0)
    for (const ended of reversibleGrants(pool, use.cycle.startMs, line.usageTimeMs)) {
      if (left === 0n) return;
      take('expired', ended.terms.id, ended.reversibleNanos);
    }
  for (const grant of pool.grants) {
    if (left === 0n) return;
    if (grant.remainingNanos > 0n) take('grant', grant.id, grant.remainingNanos);
  }
  if (left > 0n) take('overdraft', null, left);
}

function reversibleGrants(pool: Pool, cycleStartMs: number, usageTimeMs: number) {
  const found = [];
  for (const ended of pool.ended.values())
    if (ended.reversibleNanos > 0n && ended.cycleStartMs === cycleStartMs && ended.endedAtMs >= usageTimeMs)
      found.push(ended);
  return found.length < 2 ? found : found.toSorted((a, b) => compareTerms(a.terms, b.terms));
}

const compareTerms = (a: GrantTerms, b: GrantTerms): number =>
  compareGrants({ ...a, sequence: 0 }, { ...b, sequence: 0 });
