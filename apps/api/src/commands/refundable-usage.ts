import { parseEntryId, refundableEntryOf, refundableLine } from '@app/metering';
import type { RefundableUsage, UsageCharged } from '@app/metering';
import { accountEvents, findEvidence } from '@app/accounts';
import type { Accounts, LoadedAccount } from '@app/accounts';
import type { EventStore } from '@app/event-store';

/** Where refunds look for what they reverse. */
export interface UsageStreams {
  readonly store: EventStore;
  readonly accounts: Accounts;
}

export interface EventName {
  readonly source: string;
  readonly id: string;
  readonly timeMs: number | null;
}

/** The draws of one charged usage event; null where there is none. */
export async function refundableEvent(
  streams: UsageStreams,
  organisation: string,
  { source, id, timeMs }: EventName,
): Promise<RefundableUsage | null> {
  const account = await streams.accounts.loadFresh(organisation);
  const query = { source, id, ...(timeMs === null ? {} : { timeMs }) };
  const found = await findEvidence(streams.store, account, query);
  return found ? refundableLine(found.event, found.revision, found.lineIndex) : null;
}

/** The draws of a deduction of usage; null for entries of other kinds. */
export async function refundableEntry(
  streams: UsageStreams,
  organisation: string,
  entry: string,
): Promise<RefundableUsage | null> {
  const parsed = parseEntryId(entry);
  if (!parsed) return null;
  const account = await streams.accounts.loadFresh(organisation);
  const event = await chargeAt(streams.store, account, parsed.revision);
  return event ? refundableEntryOf(event, parsed.revision, parsed.index) : null;
}

async function chargeAt(
  store: EventStore,
  account: LoadedAccount,
  revision: bigint,
): Promise<UsageCharged | undefined> {
  const [stored] = await store.readStream(account.stream, { from: revision, maxCount: 1 });
  if (stored?.revision !== revision) return undefined;
  const { event } = accountEvents.decode(stored);
  return event.type === 'UsageCharged' ? event : undefined;
}
