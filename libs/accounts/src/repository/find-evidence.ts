import type { EventStore } from '@app/event-store';
import type { UsageCharged } from '@app/metering';
import { accountEvents, visitStoredUsage } from '../codec/account-codec.js';
import { dayOf, windowDays } from '../identities/day.js';
import { ACCOUNTS_LIMITS } from '../limits.js';
import { decodeOne } from '../streams/chain.js';
import { revisionsOf } from './identity-loading.js';
import type { LoadedAccount } from './loaded-account.js';

/** Where a usage event was charged: the account event, and the index of its line in `evidence`. */
export interface FoundEvidence {
  readonly revision: bigint;
  readonly event: UsageCharged;
  readonly lineIndex: number;
}

export interface EvidenceQuery {
  readonly source: string;
  readonly id: string;
  /** The event's time, when known; else the days around ledger time are searched, newest first. */
  readonly timeMs?: number;
}

/** Finds the evidence line of a usage event; undefined when it was not charged, or not in the days searched. */
export async function findEvidence(
  store: EventStore,
  account: LoadedAccount,
  query: EvidenceQuery,
): Promise<FoundEvidence | undefined> {
  for (const range of revisionsOf(account.state, searchedDays(account, query.timeMs)).toReversed()) {
    // Newest first: of one identity charged on several days, the newest answers.
    for (let end = range.last; end >= range.first;) {
      const span = end - range.first + 1n;
      const maxCount = span < PAGE_EVENTS ? Number(span) : Number(PAGE_EVENTS);
      const page = await store.readStream(account.stream, { from: end, direction: 'backwards', maxCount });
      for (const stored of page) {
        let hits = 0;
        visitStoredUsage(stored, ({ source, id }) => {
          if (source === query.source && id === query.id) hits += 1;
        });
        if (hits === 0) continue;
        const event = decodeOne(account.stream, accountEvents, stored);
        const lineIndex = event.type === 'UsageCharged' ? lineOf(event, query) : -1;
        if (event.type === 'UsageCharged' && lineIndex >= 0) return { revision: stored.revision, event, lineIndex };
      }
      end -= BigInt(maxCount);
    }
  }
  return undefined;
}

const PAGE_EVENTS = BigInt(ACCOUNTS_LIMITS.readPageEvents);

function searchedDays(account: LoadedAccount, timeMs: number | undefined): number[] {
  if (timeMs !== undefined) return [dayOf(timeMs)];
  const { from, to } = windowDays(account.state.wallet.ledgerTimeMs);
  return [...account.state.evidenceDays.keys()].filter((day) => day >= from && day <= to);
}

/** An event may carry one identity on two days: the newest of those asked for. */
function lineOf(event: UsageCharged, { source, id, timeMs }: EvidenceQuery): number {
  return event.evidence.findLastIndex(
    (line) =>
      line.source === source && line.id === id && (timeMs === undefined || dayOf(line.timeMs) === dayOf(timeMs)),
  );
}
