import type { AccountEvent, CycleEnded, ReversalRecord, UsageQuarantined } from '../account-events.js';
import { feedKey, type AccountState, type RevisionRange } from '../account-state.js';
import { applyRates, forgetDraw, rememberDraws } from './evolve-rates.js';
import { applyToWallet } from './evolve-wallet.js';

const COMMANDS_REMEMBERED_MS = 35 * 86_400_000;

/** Folds one event of the account's stream into its whole state, in place. Never reads evidence. */
export function applyEvent(state: AccountState, event: AccountEvent, revision: bigint): void {
  applyToWallet(state.wallet, event);
  if (event.type === 'UsageCharged') {
    applyRates(state, event);
    rememberDraws(state, event);
  }
  recordPlace(state, event, revision);
}

/** The part of folding that the fold of usage itself has not done line by line: offsets, days, keys. */
export function recordPlace(state: AccountState, event: AccountEvent, revision: bigint): void {
  if (event.type === 'UsageCharged') {
    for (const day of event.days) addRevision(state.evidenceDays, day, revision);
    recordOffset(state, event.feed);
    return;
  }
  if (event.type === 'UsageQuarantined') recordOffset(state, event.feed);
  if (event.type === 'CreditsPurchased' && event.purchase.paymentReference !== null)
    state.paymentReferences.set(event.purchase.paymentReference, event.purchase.id);
  if (event.type === 'CycleEnded') forgetForgiven(state, event);
  if (event.type === 'CreditsRefunded') for (const reversal of event.reversals) recordReversal(state, reversal);
  if (event.type === 'AccountRecordPut') state.records.set(`${event.record}/${event.key}`, event.value);
  if (event.command !== undefined && event.command.key !== null) {
    const { route, key, requestHash, answer, receivedAtMs } = event.command;
    forgetOldCommands(state, receivedAtMs);
    state.commands.set(`${route}\n${key}`, { requestHash, answer, revision, atMs: receivedAtMs });
  }
}

function recordReversal(state: AccountState, reversal: ReversalRecord): void {
  state.reversals.set(reversal.of, (state.reversals.get(reversal.of) ?? 0n) + reversal.amountNanos);
  if (reversal.draw !== undefined) forgetDraw(state, reversal.draw, reversal.amountNanos);
}

function forgetForgiven(state: AccountState, { entries }: CycleEnded): void {
  for (const { movements } of entries)
    for (const movement of movements)
      if (movement.kind === 'forgive') forgetDraw(state, { ...movement.debt, grant: null }, movement.amountNanos);
}

function forgetOldCommands(state: AccountState, nowMs: number): void {
  for (const [key, command] of state.commands) {
    if (command.atMs >= nowMs - COMMANDS_REMEMBERED_MS) return;
    state.commands.delete(key);
  }
}

function recordOffset(state: AccountState, feed: UsageQuarantined['feed'] | null): void {
  if (feed === null) return;
  const key = feedKey(feed);
  const known = state.offsets.get(key);
  if (known === undefined || known < feed.last) state.offsets.set(key, feed.last);
}

/** Ranges are merged where few revisions lie between them: reading those costs less than remembering the gap. */
const RANGE_GAP_MAX = 64n;

function addRevision(days: Map<number, RevisionRange[]>, day: number, revision: bigint): void {
  const ranges = days.get(day);
  if (ranges === undefined) {
    days.set(day, [{ first: revision, last: revision }]);
    return;
  }
  const newest = ranges.at(-1);
  if (newest !== undefined && revision - newest.last <= RANGE_GAP_MAX) newest.last = revision;
  else ranges.push({ first: revision, last: revision });
}
