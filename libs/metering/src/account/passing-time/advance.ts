import type { LedgerEntry, Movement } from '../account-events.js';
import type { Wallet } from '../account-state.js';
import { decideClosing } from './closing.js';
import { endCycle } from './cycle-end.js';
import { cloneWallet } from '../evolve/clone-for-decision.js';
import type { Drafting } from '../drafting.js';
import { nextClosingMs } from './due-instants.js';
import { applyEntry } from '../evolve/evolve-wallet.js';
import { expiryEntry } from '../grants/expiry-entry.js';
import { grantKind } from '../grants/grant-kind.js';
import { grantEntry } from '../grants/pay-overdraft.js';
import { refillsAt } from '../grants/refills.js';

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

function refillGrants(drafting: Drafting, atMs: number): void {
  const scratch = cloneWallet(drafting.wallet);
  const { entries, refills } = refillsAt(scratch, atMs, currentCycleMs(scratch));
  if (refills.length > 0) drafting.push({ type: 'GrantsRefilled', atMs, entries, refills });
}
