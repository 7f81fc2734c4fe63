import { divideHalfEven } from '../../amounts/index.js';
import { commandRecord, type CommandContext, type RefundableDraw } from './account-commands.js';
import type { LedgerEntry, Movement, ReversalRecord } from '../account-events.js';
import type { Pool, Wallet } from '../account-state.js';
import { refundGrant } from '../grants/refund-grant.js';
import { cloneWallet } from '../evolve/clone-for-decision.js';
import { grantIds } from '../passing-time/cycle-end.js';
import { commandTimeMs, currentCycleMs, type Command, type CommandOutcome } from './command-outcome.js';
import type { Drafting } from '../drafting.js';
import { paymentsFrom } from '../grants/pay-overdraft.js';
import { applyMovement, endedGrantOf, poolOf } from '../evolve/pool.js';
import { UnreversedDraws } from './unreversed-draws.js';

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/**
 * Reverses recorded draws of a usage event or entry, newest first: credits go back to the grants they came from, and
 * never more than what of those draws is not reversed yet.
 */
export function refundUsage(
  drafting: Drafting,
  command: Command<'RefundUsage'>,
  context: CommandContext,
): CommandOutcome {
  const { reversals } = drafting.draft;
  const left = (key: string, totalNanos: bigint): bigint => totalNanos - (reversals.get(key) ?? 0n);
  const unreversed = new UnreversedDraws(drafting.draft);
  const open = command.of.draws.toReversed().map((draw) => ({
    draw,
    nanos: unreversed.take(draw, least(draw.amountNanos, left(draw.key, draw.totalNanos))),
  }));
  const drawn = open.reduce((total, { nanos }) => total + nanos, 0n);
  const most = command.of.limits.reduce((total, limit) => least(total, left(limit.key, limit.totalNanos)), drawn);
  if (most <= 0n) return { code: 'AlreadyRefunded', detail: 'nothing of it is left to refund' };
  const amountNanos = command.amountNanos ?? most;
  if (amountNanos > most) return { code: 'NotRefundable', detail: 'the amount is more than what is not refunded yet' };
  const atMs = commandTimeMs(drafting, context);
  const work = new RefundWork(drafting, atMs);
  const records: ReversalRecord[] = command.of.limits.map((limit) => ({ of: limit.key, amountNanos }));
  let rest = amountNanos;
  for (const { draw, nanos } of open) {
    const part = least(nanos, rest);
    if (part <= 0n) continue;
    rest -= part;
    work.giveBack(draw, part);
    const { key, rate, cycleStartMs, grant, isReversible } = draw;
    records.push({ of: key, amountNanos: part, ...(isReversible ? { draw: { rate, cycleStartMs, grant } } : {}) });
  }
  const answer = { id: `f-${drafting.nextRevision}` };
  drafting.push({
    type: 'CreditsRefunded',
    atMs,
    entries: work.entries('refund'),
    reversals: records,
    command: commandRecord(context, answer),
  });
  return { answer };
}

/** Movements of a refund, each applied to a scratch wallet so that the next one sees its effect. */
class RefundWork {
  private readonly scratch: Wallet;
  private readonly movements = new Map<string, { amountNanos: bigint; list: Movement[] }>();
  private readonly nextId: () => string;

  constructor(
    private readonly drafting: Drafting,
    private readonly atMs: number,
  ) {
    this.scratch = cloneWallet(drafting.wallet);
    this.nextId = grantIds(drafting.nextRevision);
  }

  giveBack(draw: RefundableDraw, amountNanos: bigint): void {
    const pool = poolOf(this.scratch, draw.pool);
    if (draw.grant !== null) {
      this.toGrant(pool, { grant: draw.grant, amountNanos });
      return;
    }
    const key = { cycleStartMs: draw.cycleStartMs, rate: draw.rate };
    const debt = pool.debts.find((d) => d.cycleStartMs === key.cycleStartMs && d.rate === key.rate);
    const owed = least(debt?.owedNanos ?? 0n, amountNanos);
    if (owed > 0n) this.move(pool, { kind: 'unowe', debt: key, amountNanos: owed }, owed);
    let rest = amountNanos - owed;
    for (const payment of debt?.payments.map((p) => ({ ...p })).toReversed() ?? []) {
      const part = least(payment.amountNanos, rest);
      if (part <= 0n) continue;
      rest -= part;
      this.toGrant(pool, { grant: payment.grant, amountNanos: part, debt: key });
    }
  }

  entries(type: 'refund'): LedgerEntry[] {
    for (const key of this.movements.keys()) this.payOverdraft(poolOf(this.scratch, key));
    return [...this.movements].map(([pool, { amountNanos, list }]) => ({
      type,
      pool,
      amountNanos,
      cycleStartMs: currentCycleMs(this.drafting),
      figure: 'refunded',
      cause: 'usage',
      movements: list,
    }));
  }

  /** What would go back to a grant that has ended becomes a refund grant of the same pool and priority. */
  private toGrant(pool: Pool, to: { grant: string; amountNanos: bigint; debt?: RefundDebt }): void {
    if (pool.grants.some((grant) => grant.id === to.grant)) {
      this.move(pool, { kind: 'return', ...to }, to.amountNanos);
      return;
    }
    const grant = refundGrant(endedGrantOf(pool, to.grant).terms, {
      id: this.nextId(),
      amountNanos: to.amountNanos,
      atMs: this.atMs,
      cycleEndMs: this.scratch.cycles.at(-1)?.endMs ?? null,
    });
    this.move(pool, { kind: 'grant', grant }, to.amountNanos);
  }

  /** Where overdraft is above zero, no grant keeps a remainder. */
  private payOverdraft(pool: Pool): void {
    for (const grant of pool.grants)
      for (const payment of paymentsFrom(pool, grant.id, grant.remainingNanos)) this.move(pool, payment, 0n);
  }

  private move(pool: Pool, movement: Movement, amountNanos: bigint): void {
    applyMovement(this.scratch, pool, movement, { atMs: this.atMs, cycleStartMs: currentCycleMs(this.drafting) });
    const moved = this.movements.get(pool.key);
    if (moved === undefined) this.movements.set(pool.key, { amountNanos, list: [movement] });
    else {
      moved.amountNanos += amountNanos;
      moved.list.push(movement);
    }
  }
}

type RefundDebt = { readonly cycleStartMs: number; readonly rate: string | null };

/** Takes back what is unused of a purchase, within its window; its bonus goes in proportion. */
export function refundPurchase(
  drafting: Drafting,
  command: Command<'RefundPurchase'>,
  context: CommandContext,
): CommandOutcome {
  const { wallet } = drafting;
  const atMs = commandTimeMs(drafting, context);
  const purchase = wallet.purchases.get(command.purchase);
  if (purchase === undefined) return { code: 'UnknownPurchase', detail: 'no such purchase' };
  if (purchase.refundableUntilMs !== null && atMs > purchase.refundableUntilMs)
    return { code: 'RefundWindowPassed', detail: 'the time for a refund of this purchase has passed' };
  const grants = [...wallet.pools.values()].flatMap((pool) =>
    pool.grants.filter((g) => purchase.grants.includes(g.id)),
  );
  const paid = grants.find((grant) => grant.isPaid);
  if (paid === undefined || paid.remainingNanos === 0n)
    return { code: 'NotRefundable', detail: 'nothing of this purchase is unused' };
  const amountNanos = command.amountNanos ?? paid.remainingNanos;
  if (amountNanos > paid.remainingNanos)
    return { code: 'NotRefundable', detail: 'the amount is more than what is unused of this purchase' };
  const movements: Movement[] = [{ kind: 'take', grant: paid.id, amountNanos }];
  for (const bonus of grants.filter((grant) => !grant.isPaid)) {
    const share =
      command.amountNanos === null
        ? bonus.remainingNanos
        : divideHalfEven(bonus.amountNanos * amountNanos, paid.amountNanos);
    const part = least(share, bonus.remainingNanos);
    if (part > 0n) movements.push({ kind: 'take', grant: bonus.id, amountNanos: part });
  }
  const taken = movements.reduce((total, m) => total + (m.kind === 'take' ? m.amountNanos : 0n), 0n);
  const entry: LedgerEntry = {
    type: 'refund',
    pool: paid.pool,
    amountNanos: -taken,
    cycleStartMs: currentCycleMs(drafting),
    figure: 'refunded',
    cause: 'purchase',
    movements,
  };
  const answer = { id: `f-${drafting.nextRevision}` };
  drafting.push({
    type: 'CreditsRefunded',
    atMs,
    entries: [entry],
    reversals: [{ of: `purchase:${purchase.id}`, amountNanos }],
    command: commandRecord(context, answer),
  });
  return { answer };
}
