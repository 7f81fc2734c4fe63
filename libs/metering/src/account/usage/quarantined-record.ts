import type { QuarantinedRecord } from '../account-events.js';
import type { Refusal } from './measure-usage.js';
import type { UsageRecord } from './usage-record.js';

const hex = (high: number, low: number): string =>
  high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');

/** What quarantine keeps of a record: where it lies, why it is there, and enough of it to send it again. */
export function quarantinedRecord(
  record: UsageRecord,
  refusal: Refusal & { readonly first?: string },
  feed: { readonly topic: string; readonly generation: number; readonly partition: number },
): QuarantinedRecord {
  const { content, raw } = record;
  const isEvent = content.kind === 'event';
  return {
    id: `${feed.topic}.${feed.generation}.${feed.partition}.${record.offset}`,
    reason: refusal.reason,
    detail: refusal.detail,
    offset: record.offset,
    recordTimestampMs: record.recordTimestampMs,
    source: isEvent ? content.event.source : content.source,
    eventId: isEvent ? content.event.id : content.id,
    timeMs: isEvent ? content.event.timeMs : content.timeMs,
    hashes:
      refusal.first === undefined || !isEvent
        ? null
        : { first: refusal.first, second: hex(content.hash.contentHigh, content.hash.contentLow) },
    payload: raw.payload,
    key: raw.key,
    sizeBytes: raw.sizeBytes,
    sha256: raw.sha256,
  };
}
