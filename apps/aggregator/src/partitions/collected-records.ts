import type { FeedEvent, FeedPositionRecorded, ParkedRecord } from '@app/accounts';
import { quarantinedRecord, type UsageRecord } from '@app/metering';
import type { AccountFault } from '../deciding/account-fault.js';
import { storedQuarantineBytes } from '../deciding/estimate-bytes.js';
import type { FeedIdentity, UnhostedQuarantine } from '../records/prepare-batch.js';
import type { Topics } from '../topics.js';

/** Bytes of collected records in one append to a partition's stream. */
const APPEND_BYTES_MAX = 600_000;

/** Characters of a fault's message that the stream keeps. */
const DETAIL_MAX = 500;

/** A record of a parked account, complete enough to be decided later by the rules of its first topic. */
export function parkedRecord(
  record: UsageRecord,
  organisation: string,
  at: { readonly feed: FeedIdentity; readonly topics: Topics; readonly detail: string },
): ParkedRecord {
  const { feed, topics, detail } = at;
  return {
    ...quarantinedRecord(record, { reason: 'Parked', detail }, feed),
    organisation,
    topic: record.mode === 'live' ? topics.live : topics.backfill,
    isAdjusting: record.isAdjusting,
  };
}

export function accountParked(
  fault: Pick<AccountFault, 'organisation' | 'reason' | 'detail'>,
  atMs: number,
  fromOffset: bigint,
): FeedEvent {
  const { organisation, reason } = fault;
  return { type: 'AccountParked', organisation, reason, detail: fault.detail.slice(0, DETAIL_MAX), atMs, fromOffset };
}

/** What a batch found that accounts cannot hold. */
export interface Collected {
  readonly notes: readonly FeedEvent[];
  readonly unhosted: readonly UnhostedQuarantine[];
  readonly parked: readonly ParkedRecord[];
}

/**
 * The appends that write collected records and then the position. All in one where they fit; else the position moves
 * with the last of them only, so that a crash between them repeats records (by the same ids) and loses none.
 */
export function positionAppends(
  collected: Collected,
  position: Omit<FeedPositionRecorded, 'type' | 'records'>,
  before: Omit<FeedPositionRecorded, 'type' | 'records'>,
): readonly (readonly FeedEvent[])[] {
  const { notes, atMs } = { notes: collected.notes, atMs: position.atMs };
  const unhosted = inChunks(collected.unhosted);
  const lastUnhosted = unhosted.pop() ?? [];
  const parked = inChunks(collected.parked);
  const appends: FeedEvent[][] = [];
  for (const records of unhosted) appends.push([{ type: 'FeedPositionRecorded', ...before, records }]);
  const closing: FeedEvent = { type: 'FeedPositionRecorded', ...position, records: lastUnhosted };
  const isSmall = parked.length <= 1 && sizeOf(parked[0] ?? []) + sizeOf(lastUnhosted) <= APPEND_BYTES_MAX;
  const parkings = parked.map((records): FeedEvent => ({ type: 'RecordsParked', atMs, records }));
  if (isSmall) return [...appends, [...notes, ...parkings, closing]];
  if (notes.length > 0) appends.push([...notes]);
  for (const parking of parkings) appends.push([parking]);
  return [...appends, [closing]];
}

const sizeOf = (records: readonly UnhostedQuarantine[]): number =>
  records.reduce((bytes, record) => bytes + storedQuarantineBytes(record), 0);

function inChunks<R extends UnhostedQuarantine>(records: readonly R[]): R[][] {
  const chunks: R[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const record of records) {
    bytes += storedQuarantineBytes(record);
    const chunk = chunks.at(-1);
    if (chunk !== undefined && bytes <= APPEND_BYTES_MAX) {
      chunk.push(record);
      continue;
    }
    chunks.push([record]);
    bytes = storedQuarantineBytes(record);
  }
  return chunks;
}
