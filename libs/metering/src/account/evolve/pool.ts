import type { DebtKey, GrantTerms, Movement } from '../account-events.js';
import type { Debt, EndedGrant, Figures, Grant, Pool, Wallet } from '../account-state.js';
import { compareGrants } from './drawing-order.js';

/** The pool of this name, made empty when the account has none yet. */
export function poolOf(wallet: Wallet, key: string): Pool {
  let pool = wallet.pools.get(key);
  if (pool === undefined) {
    pool = {
      key,
      grants: [],
      scheduled: [],
      ended: new Map(),
      debts: [],
      balanceNanos: 0n,
      overdraftNanos: 0n,
      heldNanos: 0n,
      negativeLimitNanos: 0n,
      figures: new Map(),
      closedNanos: 0n,
    };
    wallet.pools.set(key, pool);
  }
  return pool;
}

/** The pool's figures of the cycle that begins at `cycleStartMs`. */
export function figuresOf(pool: Pool, cycleStartMs: number): Figures {
  let figures = pool.figures.get(cycleStartMs);
  if (figures === undefined) {
    figures = { grantedNanos: 0n, refundedNanos: 0n, adjustedNanos: 0n, usedNanos: 0n, expiredNanos: 0n };
    pool.figures.set(cycleStartMs, figures);
  }
  return figures;
}

/** What the figures of a cycle change the balance by. */
export const netOf = (f: Figures): bigint =>
  f.grantedNanos + f.refundedNanos + f.adjustedNanos - f.usedNanos - f.expiredNanos;

/** A programmer's error: an event that its account cannot have produced. The account is parked. */
export class ImpossibleEvent extends Error {
  override readonly name = 'ImpossibleEvent';
}

export function grantOf(pool: Pool, id: string): Grant {
  const grant = pool.grants.find((g) => g.id === id);
  if (grant === undefined) throw new ImpossibleEvent(`grant ${id} does not count in pool ${pool.key}`);
  return grant;
}

export function endedGrantOf(pool: Pool, id: string): EndedGrant {
  const ended = pool.ended.get(id);
  if (ended === undefined) throw new ImpossibleEvent(`grant ${id} has not ended in pool ${pool.key}`);
  return ended;
}

export function debtOf(pool: Pool, key: DebtKey): Debt {
  let debt = pool.debts.find((d) => d.cycleStartMs === key.cycleStartMs && d.rate === key.rate);
  if (debt === undefined) {
    debt = { cycleStartMs: key.cycleStartMs, rate: key.rate, owedNanos: 0n, payments: [] };
    pool.debts.push(debt);
  }
  return debt;
}

/** Field by field: copied by spread, each grant may get a hidden class of its own, which is larger than the grant. */
function wholeGrant(terms: GrantTerms, sequence: number): Grant {
  const { id, pool, source, amountNanos, priority, effectiveAtMs, expiresAtMs, isPaid, isPlan } = terms;
  const { rollover, recurrence, cyclesLeft, purchase, refundOf } = terms;
  const grant: Grant = {
    id,
    pool,
    source,
    amountNanos,
    priority,
    effectiveAtMs,
    expiresAtMs,
    isPaid,
    isPlan,
    rollover,
    recurrence,
    cyclesLeft,
    purchase,
    remainingNanos: amountNanos,
    sequence,
  };
  return refundOf === undefined ? grant : { ...grant, refundOf };
}

function addGrant(pool: Pool, terms: GrantTerms, sequence: number): Grant {
  const grant = wholeGrant(terms, sequence);
  const at = pool.grants.findIndex((g) => compareGrants(grant, g) < 0);
  pool.grants.splice(at === -1 ? pool.grants.length : at, 0, grant);
  pool.balanceNanos += terms.amountNanos;
  return grant;
}

function takeFrom(pool: Pool, id: string, amountNanos: bigint): Grant {
  const grant = grantOf(pool, id);
  if (amountNanos > grant.remainingNanos) throw new ImpossibleEvent(`grant ${id} holds less than ${amountNanos}`);
  grant.remainingNanos -= amountNanos;
  return grant;
}

/** Ends a grant: it is eligible no more, but reversals still know it. */
export function endGrant(pool: Pool, grant: Grant, at: { atMs: number; cycleStartMs: number }, reversible = 0n): void {
  pool.grants = pool.grants.filter((g) => g !== grant);
  const { remainingNanos: _remaining, sequence: _sequence, ...terms } = grant;
  pool.ended.set(grant.id, { terms, endedAtMs: at.atMs, cycleStartMs: at.cycleStartMs, reversibleNanos: reversible });
}

function reduceDebt(pool: Pool, key: DebtKey, amountNanos: bigint): Debt {
  const debt = debtOf(pool, key);
  if (amountNanos > debt.owedNanos) throw new ImpossibleEvent(`overdraft of pool ${pool.key} is below ${amountNanos}`);
  debt.owedNanos -= amountNanos;
  pool.overdraftNanos -= amountNanos;
  return debt;
}

/** A payment of overdraft is taken back: it is not there to be taken back twice. */
export function unpayDebt(debt: Debt, grant: string, amountNanos: bigint): void {
  let left = amountNanos;
  for (const payment of debt.payments.toReversed()) {
    if (payment.grant !== grant || left === 0n) continue;
    const part = payment.amountNanos < left ? payment.amountNanos : left;
    payment.amountNanos -= part;
    left -= part;
  }
  if (left > 0n) throw new ImpossibleEvent(`grant ${grant} has not paid that much overdraft`);
}

/** Usage of an ended grant: exactly as much of its expiry is reversed as is drawn, so the balance stays. */
export function drawExpired(pool: Pool, id: string, amountNanos: bigint): void {
  const ended = endedGrantOf(pool, id);
  if (amountNanos > ended.reversibleNanos) throw new ImpossibleEvent(`expired grant ${id} holds less`);
  ended.reversibleNanos -= amountNanos;
}

/** Applies one movement. `at` says when, and in the figures of which cycle an expiry stands. */
export function applyMovement(
  wallet: Wallet,
  pool: Pool,
  movement: Movement,
  at: { readonly atMs: number; readonly cycleStartMs: number },
): void {
  switch (movement.kind) {
    case 'grant':
      addGrant(pool, movement.grant, wallet.grantCount++);
      return;
    case 'schedule':
      pool.scheduled.push(wholeGrant(movement.grant, wallet.grantCount++));
      return;
    case 'start': {
      const grant = pool.scheduled.find((g) => g.id === movement.grant);
      if (grant === undefined) throw new ImpossibleEvent(`grant ${movement.grant} is not scheduled`);
      pool.scheduled = pool.scheduled.filter((g) => g !== grant);
      const { remainingNanos: _remaining, sequence, ...terms } = grant;
      addGrant(pool, terms, sequence);
      return;
    }
    case 'draw':
    case 'take':
      takeFrom(pool, movement.grant, movement.amountNanos);
      pool.balanceNanos -= movement.amountNanos;
      return;
    case 'overdraw':
      debtOf(pool, movement.debt).owedNanos += movement.amountNanos;
      pool.overdraftNanos += movement.amountNanos;
      pool.balanceNanos -= movement.amountNanos;
      return;
    case 'pay': {
      takeFrom(pool, movement.grant, movement.amountNanos);
      const debt = reduceDebt(pool, movement.debt, movement.amountNanos);
      const last = debt.payments.at(-1);
      if (last?.grant === movement.grant) last.amountNanos += movement.amountNanos;
      else debt.payments.push({ grant: movement.grant, amountNanos: movement.amountNanos });
      return;
    }
    case 'expire': {
      const grant = takeFrom(pool, movement.grant, movement.amountNanos);
      pool.balanceNanos -= movement.amountNanos;
      endGrant(pool, grant, at, movement.reversibleNanos);
      return;
    }
    case 'restore':
      drawExpired(pool, movement.grant, movement.amountNanos);
      return;
    case 'return':
      if (movement.debt !== undefined) unpayDebt(debtOf(pool, movement.debt), movement.grant, movement.amountNanos);
      grantOf(pool, movement.grant).remainingNanos += movement.amountNanos;
      pool.balanceNanos += movement.amountNanos;
      return;
    case 'refill':
      grantOf(pool, movement.grant).remainingNanos += movement.amountNanos;
      pool.balanceNanos += movement.amountNanos;
      return;
    case 'unowe':
    case 'forgive':
      reduceDebt(pool, movement.debt, movement.amountNanos);
      pool.balanceNanos += movement.amountNanos;
  }
}
