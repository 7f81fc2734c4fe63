import type { EventStore } from '@app/event-store';
import type { AccountState, RevisionRange } from '@app/metering';
import { visitStoredUsage } from '../codec/account-codec.js';
import { CorruptEvent } from '../codec/codec-errors.js';
import { AccountBroken } from '../errors.js';
import { dayOf, type DayRange } from '../identities/day.js';
import type { IdentityHasher } from '../identities/identity-hasher.js';
import type { LoadedAccount } from './loaded-account.js';

/** The days of these ranges that hold evidence and are not loaded, ascending. */
function missingDays(account: LoadedAccount, ranges: readonly DayRange[]): number[] {
  const missing = new Set<number>();
  const { evidenceDays } = account.state;
  for (const { from, to } of ranges) {
    if (account.identities.loadedDays.some((loaded) => loaded.from <= from && to <= loaded.to)) continue;
    // Whichever is fewer: the days asked for, or the days with evidence.
    const candidates = to - from < evidenceDays.size ? daysOf(from, to) : evidenceDays.keys();
    for (const day of candidates) {
      if (day >= from && day <= to && evidenceDays.has(day) && !account.identities.isLoaded(day)) missing.add(day);
    }
  }
  return [...missing].toSorted((a, b) => a - b);
}

function* daysOf(from: number, to: number): Generator<number> {
  for (let day = from; day <= to; day += 1) yield day;
}

/** The revisions in which these days' evidence lies, ascending and without overlaps. */
export function revisionsOf(state: AccountState, days: readonly number[]): RevisionRange[] {
  const ranges = days
    .flatMap((day) => state.evidenceDays.get(day) ?? [])
    .toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const merged: RevisionRange[] = [];
  for (const { first, last } of ranges) {
    const newest = merged.at(-1);
    if (newest === undefined || first > newest.last + 1n) merged.push({ first, last });
    else if (last > newest.last) newest.last = last;
  }
  return merged;
}

/** Where identities are loaded from, and how. */
export interface IdentitySource {
  readonly store: EventStore;
  readonly hasher: IdentityHasher;
  readonly pageEvents: number;
}

/**
 * Loads the identities of these days from the stream's evidence, reading only the revisions in which it lies. Either
 * all of them are there afterwards, or (after an error) nothing has changed.
 * @throws {AccountBroken} where a revision that holds evidence cannot be read
 */
export async function loadIdentityDays(
  source: IdentitySource,
  account: LoadedAccount,
  ranges: readonly DayRange[],
): Promise<void> {
  const { identities } = account;
  if (identities.hasPending) throw new Error(`Days of ${account.stream} cannot be loaded within a decision`);
  const days = missingDays(account, ranges);
  try {
    await fillFrom(source, account, days);
  } catch (error) {
    identities.discard();
    throw error;
  }
  identities.markLoaded(ranges);
}

async function fillFrom(
  { store, hasher, pageEvents }: IdentitySource,
  account: LoadedAccount,
  days: readonly number[],
): Promise<void> {
  const { identities, organisation, stream, state } = account;
  const wanted = new Set(days);
  for (const { first, last } of revisionsOf(state, days)) {
    for (let from = first; from <= last;) {
      const maxCount = Math.min(pageEvents, Number(last - from) + 1);
      const page = await store.readStream(stream, { from, maxCount });
      if (page.length < maxCount) throw new AccountBroken(stream, `evidence up to event ${last} is missing`);
      for (const stored of page) {
        visitUsage(stream, stored, (event) => {
          if (!wanted.has(dayOf(event.timeMs))) return;
          identities.restore(hasher.hashOfCharged(organisation, event), event.timeMs);
        });
      }
      from += BigInt(page.length);
    }
  }
}

function visitUsage(stream: string, ...[stored, visit]: Parameters<typeof visitStoredUsage>): void {
  try {
    visitStoredUsage(stored, visit);
  } catch (error) {
    if (error instanceof CorruptEvent) throw new AccountBroken(stream, error.message, { cause: error });
    throw error;
  }
}
