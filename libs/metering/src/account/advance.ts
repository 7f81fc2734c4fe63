import { addPeriod, civilOf, parsePeriod } from '../time/index.js';
import type { GrantTerms, LedgerEntry, Movement, Recurrence } from './account-events.js';
import type { Grant, Wallet } from './account-state.js';
import { decideClosing } from './closing.js';
import { endCycle } from './cycle-end.js';
import { cloneWallet } from './clone-for-decision.js';
import type { Drafting } from './drafting.js';
import { nextClosingMs } from './due-instants.js';
import { applyEntry } from './evolve-wallet.js';
import { grantEntry, paymentsFrom } from './pay-overdraft.js';

/** Instants that one append may hold: what is left is advanced by the next one. */
export const ADVANCE_INSTANTS_MAX = 100;

/**
 * Moves the account through every due instant up to and including `toMs`: expiry, cycle end, grants that start,
 * recurring grants, holds that expire and (of history and sandboxes) closing. False when instants remain.
 */
export function advance(drafting: Drafting, toMs: number, isSilent: boolean): boolean {
  for (let instants = 0; drafting.dueMs <= toMs; instants++) {
    if (instants === ADVANCE_INSTANTS_MAX) return false;
    passInstant(drafting, drafting.dueMs);
    drafting.react({ kind: 'instant' }, isSilent);
  }
  return true;
}

function passInstant(drafting: Drafting, atMs: number): void {
  expireHolds(drafting, atMs);
  const { wallet, catalog } = drafting;
  if (wallet.cycles.at(-1)?.endMs === atMs) endCycle(drafting, { atMs, reset: null });
  else {
    expireGrants(drafting, atMs);
    refillGrants(drafting, atMs);
  }
  startGrants(drafting, atMs);
  if (wallet.clock !== 'live' && nextClosingMs(wallet, catalog.graceMs) <= atMs) decideClosing(drafting, atMs);
}

function expireHolds(drafting: Drafting, atMs: number): void {
  for (const hold of drafting.wallet.holds.values())
    if (hold.expiresAtMs <= atMs)
      drafting.push({ type: 'HoldEnded', atMs, entries: [], hold: hold.id, how: 'expired', settledNanos: null });
}

const currentCycleMs = (wallet: Wallet): number => wallet.cycles.at(-1)?.startMs ?? 0;

function expireGrants(drafting: Drafting, atMs: number): void {
  const entries: LedgerEntry[] = [];
  for (const pool of drafting.wallet.pools.values())
    for (const grant of pool.grants)
      if (grant.expiresAtMs !== null && grant.expiresAtMs <= atMs)
        entries.push(
          expiryEntry(grant, { cycleStartMs: currentCycleMs(drafting.wallet), keptNanos: 0n, cause: 'expiry' }),
        );
  if (entries.length > 0) drafting.push({ type: 'GrantsExpired', atMs, entries });
}

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

function startGrants(drafting: Drafting, atMs: number): void {
  const scratch = cloneWallet(drafting.wallet);
  const entries: LedgerEntry[] = [];
  for (const pool of scratch.pools.values())
    for (const { remainingNanos: _remaining, sequence: _sequence, ...terms } of pool.scheduled) {
      if (terms.effectiveAtMs > atMs) continue;
      const as = { ...grantKind(terms), cycleStartMs: currentCycleMs(scratch) };
      const counted = grantEntry(pool, terms, as);
      const start: Movement = { kind: 'start', grant: terms.id, amountNanos: terms.amountNanos };
      const entry = { ...counted, movements: [start, ...counted.movements.slice(1)] };
      applyEntry(scratch, entry, atMs);
      entries.push(entry);
    }
  if (entries.length > 0) drafting.push({ type: 'GrantsStarted', atMs, entries });
}

/** How the ledger calls credits of a source, and the figure they count in. */
export function grantKind(terms: Pick<GrantTerms, 'source'>): Pick<LedgerEntry, 'type' | 'figure' | 'cause'> {
  switch (terms.source) {
    case 'purchase':
      return { type: 'purchase', figure: 'granted', cause: 'purchase' };
    case 'refund':
      return { type: 'refund', figure: 'refunded', cause: 'refund' };
    case 'adjustment':
      return { type: 'adjustment', figure: 'adjusted', cause: 'adjustment' };
    case 'plan':
    case 'bonus':
    case 'promotion':
      return { type: 'grant', figure: 'granted', cause: terms.source };
    case 'rollover':
      return { type: 'rollover', figure: 'granted', cause: 'rollover' };
  }
}

function refillGrants(drafting: Drafting, atMs: number): void {
  const scratch = cloneWallet(drafting.wallet);
  const { entries, refills } = refillsAt(scratch, atMs, currentCycleMs(scratch));
  if (refills.length > 0) drafting.push({ type: 'GrantsRefilled', atMs, entries, refills });
}

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
