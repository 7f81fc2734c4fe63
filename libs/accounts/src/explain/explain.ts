import type { EventStore, SnapshotStore, StoredEvent } from '@app/event-store';
import {
  compileCatalog,
  entriesOf,
  parseEntryId,
  usesOfEntry,
  validateCatalog,
  type AccountEvent,
  type Catalog,
  type UsageCharged,
  type UsageQuarantined,
} from '@app/metering';
import { accountEvents } from '../codec/account-codec.js';
import { AccountBroken } from '../errors.js';
import { ACCOUNTS_LIMITS } from '../limits.js';
import type { Accounts } from '../repository/accounts.js';
import { findEvidence, type EvidenceQuery } from '../repository/find-evidence.js';
import { accountStream } from '../repository/loaded-account.js';
import { CatalogStream } from '../streams/catalog-stream.js';
import { decodeOne } from '../streams/chain.js';
import { explainLines, type ChargeInContext } from './explain-lines.js';
import type { EntryExplanation, EventExplanation, QuarantineExplanation } from './explanation.js';
import { foldAccountUntil } from './fold-until.js';

/** What explanations are gathered from. */
export interface ExplainParts {
  readonly store: EventStore;
  readonly accounts: Accounts;
  /** States to begin from; absent: the stream alone, as an audit wants it. */
  readonly snapshots?: SnapshotStore;
}

export interface EventQuery extends EvidenceQuery {
  /** Reads the whole stream when the days searched do not have it: finds old usage without a time, and quarantine. */
  readonly isExhaustive?: boolean;
}

/** Usage events of one answer of `explainEntry`. */
const USAGE_PER_PAGE = 500;

/**
 * How a usage event was charged, or why it was not; undefined when the account has no trace of it.
 * @throws {AccountBroken | EventStoreUnavailable}
 */
export async function explainEvent(
  parts: ExplainParts,
  organisation: string,
  query: EventQuery,
): Promise<EventExplanation | undefined> {
  const account = await parts.accounts.loadFresh(organisation);
  const found = await findEvidence(parts.store, account, query);
  if (found !== undefined) return chargedAt(parts, organisation, found);
  return query.isExhaustive === true ? scan(parts, organisation, query) : undefined;
}

/** The ledger entry with this id, and the usage behind it from evidence line `from` on; undefined when there is none. */
export async function explainEntry(
  parts: ExplainParts,
  organisation: string,
  query: { readonly entry: string; readonly from?: number; readonly limit?: number },
): Promise<EntryExplanation | undefined> {
  const parsed = parseEntryId(query.entry);
  if (parsed === undefined) return undefined;
  const { revision, index } = parsed;
  const stream = accountStream(organisation);
  const [stored] = await parts.store.readStream(stream, { from: revision, maxCount: 1 });
  if (stored?.revision !== revision) return undefined;
  const event = decodeOne(stream, accountEvents, stored);
  const entries = entriesOf(event);
  const entry = entries[index];
  if (entry === undefined) return undefined;
  const { state } = await foldAccountUntil({ ...parts, organisation, beforeRevision: revision });
  let beforeNanos = state.wallet.pools.get(entry.pool)?.balanceNanos ?? 0n;
  for (const earlier of entries.slice(0, index)) if (earlier.pool === entry.pool) beforeNanos += earlier.amountNanos;
  const usage =
    event.type === 'UsageCharged'
      ? usagePage({ ...(await chargeOf(parts, organisation, { revision, event })), before: state }, index, query)
      : { usage: [], nextFrom: null };
  return {
    organisation,
    id: query.entry,
    revision,
    eventType: event.type,
    entry,
    atMs: event.atMs,
    recordedAt: stored.recordedAt,
    command: commandOf(event),
    balance: { pool: entry.pool, beforeNanos, afterNanos: beforeNanos + entry.amountNanos },
    ...usage,
  };
}

const commandOf = (event: AccountEvent): EntryExplanation['command'] =>
  event.type === 'UsageCharged' ? null : (event.command ?? null);

function usagePage(
  charge: ChargeInContext,
  entryIndex: number,
  page: { readonly from?: number; readonly limit?: number },
): Pick<EntryExplanation, 'usage' | 'nextFrom'> {
  const uses = new Set(usesOfEntry(charge.event, entryIndex));
  const indexes = charge.event.evidence.flatMap((line, index) =>
    index >= (page.from ?? 0) && line.lines.some(({ use }) => uses.has(use)) ? [index] : [],
  );
  const limit = page.limit ?? USAGE_PER_PAGE;
  const wanted = new Set(indexes.slice(0, limit));
  return { usage: explainLines(charge, (index) => wanted.has(index)), nextFrom: indexes[limit] ?? null };
}

async function chargedAt(
  parts: ExplainParts,
  organisation: string,
  found: { readonly revision: bigint; readonly event: UsageCharged; readonly lineIndex: number },
): Promise<EventExplanation | undefined> {
  const { state } = await foldAccountUntil({ ...parts, organisation, beforeRevision: found.revision });
  const charge = { ...(await chargeOf(parts, organisation, found)), before: state };
  const [usage] = explainLines(charge, (index) => index === found.lineIndex);
  return usage && { kind: 'charged', usage };
}

async function chargeOf(
  parts: ExplainParts,
  organisation: string,
  { revision, event }: { readonly revision: bigint; readonly event: UsageCharged },
): Promise<Omit<ChargeInContext, 'before'>> {
  return { organisation, revision, event, catalog: await catalogOf(parts.store, event.catalogVersion) };
}

/** The catalog's version, compiled. @throws {AccountBroken} when the catalog's stream does not have it */
async function catalogOf(store: EventStore, version: number): Promise<Catalog> {
  // Only a version of the past is read: no clock is asked.
  const published = await new CatalogStream(store, () => 0).version(version);
  const validation = published && validateCatalog(published.document);
  if (validation === undefined || 'errors' in validation)
    throw new AccountBroken('catalog', `version ${version} is missing or invalid`);
  return compileCatalog(validation.catalog, version);
}

async function scan(
  parts: ExplainParts,
  organisation: string,
  query: EventQuery,
): Promise<EventExplanation | undefined> {
  const stream = accountStream(organisation);
  let from = 0n;
  let quarantined: EventExplanation | undefined;
  for (;;) {
    const page = await parts.store.readStream(stream, { from, maxCount: ACCOUNTS_LIMITS.readPageEvents });
    for (const stored of page) {
      const event = decodeOne(stream, accountEvents, stored);
      const lineIndex = event.type === 'UsageCharged' ? lineOf(event, query) : -1;
      if (event.type === 'UsageCharged' && lineIndex >= 0)
        return chargedAt(parts, organisation, { revision: stored.revision, event, lineIndex });
      if (event.type === 'UsageQuarantined') quarantined ??= quarantineOf(organisation, stored, event, query);
    }
    if (page.length < ACCOUNTS_LIMITS.readPageEvents) return quarantined;
    from += BigInt(page.length);
  }
}

const lineOf = (event: UsageCharged, { source, id, timeMs }: EventQuery): number =>
  event.evidence.findIndex(
    (line) => line.source === source && line.id === id && (timeMs === undefined || line.timeMs === timeMs),
  );

function quarantineOf(
  organisation: string,
  stored: StoredEvent,
  event: UsageQuarantined,
  { source, id, timeMs }: EventQuery,
): EventExplanation | undefined {
  const quarantined = event.records.find(
    (record) => record.source === source && record.eventId === id && (timeMs === undefined || record.timeMs === timeMs),
  );
  if (quarantined === undefined) return undefined;
  const { topic, generation, partition } = event.feed;
  const { offset, recordTimestampMs: timestampMs } = quarantined;
  const record = { topic, generation, partition, offset, timestampMs };
  const quarantine: QuarantineExplanation = { organisation, revision: stored.revision, quarantined, record };
  return { kind: 'quarantined', quarantine };
}
