import { formatTime } from '@app/metering';
import { fromStored, fromStoredOrNull, toStored } from '../stored-text.js';
import type { PageRequest, QuarantinedRecordAnswer, QuarantineItem } from './answers.js';
import { checkLimit, pageOf, readCursor, wholeNumber } from './cursor.js';
import type { Snapshot } from './snapshot-reader.js';

export interface QuarantineRequest extends PageRequest {
  readonly reason?: string | undefined;
  readonly organisation?: string | undefined;
}

interface Row {
  readonly id: string;
  readonly organisation: string | null;
  readonly reason: string;
  readonly detail: string;
  readonly topic: string | null;
  readonly stream: string;
  readonly revision: bigint;
  readonly position: bigint;
  readonly index: number;
  readonly record_offset: bigint;
  readonly record_timestamp_ms: bigint;
  readonly source: string | null;
  readonly event_id: string | null;
  readonly time_ms: bigint | null;
  readonly first_hash: string | null;
  readonly second_hash: string | null;
  readonly size_bytes: number;
  readonly sha256: string;
  readonly is_adjusting: boolean | null;
  readonly at_ms: bigint;
  readonly requeued_at_ms: bigint | null;
  readonly requeued_by: string | null;
}

const COLUMNS = `id, organisation, reason, detail, topic, stream, revision, position, index, record_offset,
  record_timestamp_ms, source, event_id, time_ms, first_hash, second_hash, size_bytes, sha256, is_adjusting, at_ms,
  requeued_at_ms, requeued_by`;

/** Quarantined records, newest first. @throws {UnknownCursor} */
export async function listQuarantined({ client, accounts }: Snapshot, request: QuarantineRequest) {
  const { limit, after, reason, organisation } = request;
  checkLimit(limit);
  const [position, index] = after === undefined ? [] : readCursor(after, 2).map(wholeNumber);
  const { rows } = await client.query<Row>(
    `select ${COLUMNS} from ${accounts.schema}.quarantined_records
     where ($1::text is null or reason = $1) and ($2::text is null or organisation = $2)
       and ($3::bigint is null or (position, index) < ($3::bigint, $4::integer))
     order by position desc, index desc limit $5`,
    [
      reason ?? null,
      organisation === undefined ? null : toStored(organisation),
      position ?? null,
      index ?? null,
      limit + 1,
    ],
  );
  const page = pageOf(rows, limit, (row) => [row.position.toString(), row.index]);
  return { next: page.next, items: page.items.map(itemOf) };
}

/** One record with its payload; undefined when there is none of this id. */
export async function findQuarantined(
  { client, accounts }: Snapshot,
  id: string,
): Promise<QuarantinedRecordAnswer | undefined> {
  const { rows } = await client.query<Row & { readonly payload: string | null; readonly key: string | null }>(
    `select ${COLUMNS}, payload, key from ${accounts.schema}.quarantined_records where id = $1`,
    [toStored(id)],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    ...itemOf(row),
    payload: row.payload,
    key: fromStoredOrNull(row.key),
    isAdjusting: row.is_adjusting,
    stream: fromStored(row.stream),
    revision: row.revision.toString(),
  };
}

function itemOf(row: Row): QuarantineItem {
  const { first_hash: first, second_hash: second } = row;
  return {
    id: fromStored(row.id),
    organisation: fromStoredOrNull(row.organisation),
    reason: row.reason,
    detail: fromStored(row.detail),
    source: fromStoredOrNull(row.source),
    eventId: fromStoredOrNull(row.event_id),
    time: row.time_ms === null ? null : formatTime(Number(row.time_ms)),
    record: {
      topic: fromStoredOrNull(row.topic),
      partition: partitionOf(row.id),
      offset: row.record_offset.toString(),
      timestamp: formatTime(Number(row.record_timestamp_ms)),
    },
    hashes: first === null || second === null ? null : { first, second },
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    quarantinedAt: formatTime(Number(row.at_ms)),
    requeuedAt: row.requeued_at_ms === null ? null : formatTime(Number(row.requeued_at_ms)),
    requeuedBy: fromStoredOrNull(row.requeued_by),
  };
}

/** Ids end in partition and offset. */
function partitionOf(id: string): number | null {
  const match = /\.(\d{1,9})\.\d{1,19}$/.exec(id);
  return match === null ? null : Number(match[1]);
}
