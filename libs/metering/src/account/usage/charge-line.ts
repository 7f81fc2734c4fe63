import { divideHalfEven } from '../../amounts/index.js';
import { costNanos } from '../../rating/index.js';
import type { DrawRun, EvidenceMeterLine, GrantTerms, SeriesPoint } from '../account-events.js';
import type { AccountState, Pool, RateState } from '../account-state.js';
import type { ChargeBuilder } from './charge-builder.js';
import { compareGrants } from '../evolve/drawing-order.js';
import { applyRun } from '../evolve/evolve-usage.js';
import { rememberDraw } from '../evolve/evolve-rates.js';
import { paymentsFrom } from '../grants/pay-overdraft.js';
import { grantId } from '../grants/grant-id.js';
import { applyMovement, ImpossibleEvent, poolOf } from '../evolve/pool.js';
import { putLatest, putSample } from '../evolve/rate-state.js';
import type { MeasuredLine } from './measured-line.js';

const NANOS = 1_000_000_000n;

/** One measured line, where it is charged. */
interface Charging {
  readonly line: MeasuredLine;
  /** Index of the rate use. */
  readonly use: number;
  readonly usageTimeMs: number;
}

/** Charges one meter line to the draft: quantity, cumulative cost, draws; answers the evidence of it. */
export function chargeLine(draft: AccountState, builder: ChargeBuilder, charging: Charging): EvidenceMeterLine {
  const { line, use } = charging;
  const { denominator } = line;
  const { price } = line.rate;
  const rate = builder.rateState(draft, use);
  const before = rate.units;
  const costBefore = builder.costAt(use, rate, () => costNanos(price, before, denominator));
  step(rate, builder, charging);
  const costAfter = rate.units === before ? costBefore : costNanos(price, rate.units, denominator);
  builder.setCost(use, rate.units, costAfter);
  const asked = costAfter - costBefore;
  const given = asked >= 0n ? asked : giveBack(draft, builder, { use, rate, amountNanos: -asked });
  if (asked > 0n) drawLine(draft, builder, { use, rate, amountNanos: asked, usageTimeMs: charging.usageTimeMs });
  const isExact = denominator === NANOS;
  if (isExact && given === asked && line.inputs === null)
    return { use, quantityNanos: rate.units - before, creditsNanos: given };
  return {
    use,
    quantityNanos: toNanos(rate.units, denominator) - toNanos(before, denominator),
    creditsNanos: given,
    ...(given === asked ? {} : { cutNanos: given - asked }),
    ...(isExact ? {} : { deltaUnits: rate.units - before }),
    ...(line.inputs === null ? {} : { inputs: line.inputs }),
  };
}

const toNanos = (units: bigint, denominator: bigint): bigint => divideHalfEven(units * NANOS, denominator);

/** Moves the rate's cumulative quantity by what the event adds to its meter: Q(S ∪ {e}) − Q(S). */
function step(rate: RateState, builder: ChargeBuilder, { line, use }: Charging): void {
  const before = rate.units;
  switch (line.aggregation) {
    case 'count':
    case 'sum':
    case 'accrual':
      rate.units += line.valueUnits;
      if (line.denominator !== NANOS) builder.addExact(use, line.valueUnits);
      return;
    case 'max':
      if (line.valueUnits > rate.units) rate.units = line.valueUnits;
      if (line.denominator !== NANOS) builder.addExact(use, rate.units - before);
      return;
    case 'unique':
      stepUnique(rate, builder, { use, value: line.value ?? '' });
      return;
    case 'latest':
    case 'time-weighted':
      if (line.point !== null) stepSeries(rate, builder, { line, use, point: line.point });
  }
}

function stepUnique(rate: RateState, builder: ChargeBuilder, of: { use: number; value: string }): void {
  rate.values ??= new Set();
  if (rate.values.has(of.value)) return;
  rate.values.add(of.value);
  rate.units += NANOS;
  builder.samples.push({ use: of.use, deltaUnits: NANOS, value: of.value });
}

function stepSeries(
  rate: RateState,
  builder: ChargeBuilder,
  of: { line: MeasuredLine; use: number; point: SeriesPoint },
): void {
  const { use, point } = of;
  if (of.line.aggregation === 'latest') {
    const { deltaUnits, isKept } = putLatest(rate, point);
    rate.units += deltaUnits;
    if (isKept) builder.samples.push({ use, deltaUnits, point, isNewest: true });
    return;
  }
  const { outcome, cycle } = builder.useAt(use);
  rate.gauge = of.line.rate.meter.key;
  const deltaUnits = putSample(rate, point, outcome === 'charged' ? undefined : cycle.endMs);
  rate.units += deltaUnits;
  builder.samples.push({ use, deltaUnits, point });
}

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
function drawLine(draft: AccountState, builder: ChargeBuilder, line: LineDraw): void {
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

interface GivingBack {
  readonly use: number;
  readonly rate: RateState;
  readonly amountNanos: bigint;
}

/**
 * A negative charge goes back to the unreversed draws of the same rate and cycle, newest first, and no further.
 * Answers the credits of the line (zero or less).
 */
function giveBack(draft: AccountState, builder: ChargeBuilder, line: GivingBack): bigint {
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
