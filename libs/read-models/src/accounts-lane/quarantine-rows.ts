import type { FeedEvent } from '@app/accounts';
import type { StoredEvent } from '@app/event-store';
import type { QuarantinedRecord, UsageQuarantined } from '@app/metering';
import { toStored, toStoredOrNull } from '../stored-text.js';

/** One row of `quarantined_records`. */
export type QuarantineRow = Readonly<Record<string, unknown>> & { readonly id: string };

/** A quarantined record was published again. */
export interface RequeueRow {
  readonly id: string;
  readonly requeued_at_ms: number;
  readonly requeued_by: string | null;
}

/** Records that an account's stream holds. */
export const hostedRows = (event: UsageQuarantined, organisation: string, stored: StoredEvent): QuarantineRow[] =>
  event.records.map((record, index) =>
    rowOf(record, { stored, index, organisation, topic: event.feed.topic, isAdjusting: null, atMs: event.atMs }),
  );

/** Records that a partition's stream holds, because no account can or because theirs is parked. */
export function feedRows(event: FeedEvent, stored: StoredEvent): QuarantineRow[] {
  if (event.type === 'FeedPositionRecorded')
    return event.records.map((record, index) =>
      rowOf(record, {
        stored,
        index,
        organisation: record.organisation,
        topic: topicOf(record.id),
        isAdjusting: null,
        atMs: event.atMs,
      }),
    );
  if (event.type !== 'RecordsParked') return [];
  return event.records.map((record, index) =>
    rowOf(record, {
      stored,
      index,
      organisation: record.organisation,
      topic: record.topic,
      isAdjusting: record.isAdjusting,
      atMs: event.atMs,
    }),
  );
}

export const requeueRow = (event: FeedEvent): RequeueRow | undefined =>
  event.type === 'QuarantineRequeued'
    ? { id: toStored(event.id), requeued_at_ms: event.atMs, requeued_by: toStoredOrNull(event.actor) }
    : undefined;

/** Ids are topic, generation, partition and offset, joined by dots; a topic may have dots in it. */
const topicOf = (id: string): string | null => id.split('.').slice(0, -3).join('.') || null;

function rowOf(
  record: QuarantinedRecord,
  place: {
    readonly stored: StoredEvent;
    readonly index: number;
    readonly organisation: string | null;
    readonly topic: string | null;
    readonly isAdjusting: boolean | null;
    readonly atMs: number;
  },
): QuarantineRow {
  const { stored, index, organisation, topic, isAdjusting, atMs } = place;
  return {
    id: toStored(record.id),
    organisation: toStoredOrNull(organisation),
    reason: toStored(record.reason),
    detail: toStored(record.detail),
    topic: toStoredOrNull(topic),
    stream: toStored(stored.stream),
    revision: stored.revision.toString(),
    position: stored.position.commit.toString(),
    index,
    record_offset: record.offset.toString(),
    record_timestamp_ms: record.recordTimestampMs,
    source: toStoredOrNull(record.source),
    event_id: toStoredOrNull(record.eventId),
    time_ms: record.timeMs,
    first_hash: record.hashes?.first ?? null,
    second_hash: record.hashes?.second ?? null,
    payload: record.payload,
    key: toStoredOrNull(record.key),
    size_bytes: record.sizeBytes,
    sha256: record.sha256,
    is_adjusting: isAdjusting,
    at_ms: atMs,
    recorded_at: stored.recordedAt.toISOString(),
  };
}
