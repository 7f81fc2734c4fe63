import { isName, type QuarantineReason, type UsageRecord } from '@app/metering';
import type { IdentityHasher } from '@app/accounts';
import type { FeedRecord } from '@app/usage-feed';
import type { Topics } from '../topics.js';
import { LazyRawRecord } from './raw-record.js';
import { readContent } from './read-content.js';
import { readableHeader } from './record-headers.js';
import { originOf } from './record-origin.js';

/** A record as far as it can be parsed without its account. */
export interface ParsedRecord {
  /** Null where none can be read: such records go to the partition's stream. */
  readonly organisation: string | null;
  readonly record: UsageRecord;
}

export interface ParseContext {
  readonly topics: Topics;
  readonly topic: string;
  readonly hasher: IdentityHasher;
  readonly nowMs: number;
  readonly eventBytesMax: number;
  readonly recordAheadMaxMs: number;
}

type Refused = Extract<UsageRecord['content'], { kind: 'refused' }>;

/** Parses, validates and hashes one record. Never throws: what cannot be read is refused with its reason. */
export function parseRecord(record: FeedRecord, context: ParseContext): ParsedRecord {
  const origin = originOf(record, context.topic, context.topics);
  const { mode, isAdjusting } = origin;
  const base = { offset: record.offset, recordTimestampMs: origin.timestampMs, mode, isAdjusting };
  if (record.value !== null && record.value.length > context.eventBytesMax)
    return tooLarge(record, base, context.eventBytesMax);
  const content = readContent(record);
  const raw = new LazyRawRecord(record, content.structured);
  if ('reason' in content) {
    const { reason, detail, organisation = null, source = null, id = null } = content;
    const refused: Refused = { kind: 'refused', reason, detail, source, id, timeMs: null };
    return { organisation, record: { ...base, content: refused, raw } };
  }
  const { event } = content;
  const { organisation } = event;
  const refusal = refusalOf(record, event, { mode, timestampMs: origin.timestampMs, context });
  if (refusal !== undefined) {
    const { source, id, timeMs } = event;
    return { organisation, record: { ...base, content: { kind: 'refused', ...refusal, source, id, timeMs }, raw } };
  }
  const hash = context.hasher.hash(organisation, event);
  // History is charged as history, whatever clock the producer's log has put on it.
  const recordTimestampMs = mode === 'history' ? event.timeMs : origin.timestampMs;
  const usage: UsageRecord = {
    offset: record.offset,
    recordTimestampMs,
    mode,
    isAdjusting,
    content: { kind: 'event', event, hash },
    raw,
  };
  return { organisation, record: usage };
}

interface Refusal {
  readonly reason: QuarantineReason;
  readonly detail: string;
}

function refusalOf(
  record: FeedRecord,
  event: { readonly organisation: string },
  at: { readonly mode: 'live' | 'history'; readonly timestampMs: number; readonly context: ParseContext },
): Refusal | undefined {
  if (record.key !== null && !isKeyOf(record.key, event.organisation))
    return { reason: 'KeyMismatch', detail: 'the key of the record is not the subject of its event' };
  if (at.mode === 'live' && at.timestampMs > at.context.nowMs + at.context.recordAheadMaxMs)
    return { reason: 'RecordTimeInFuture', detail: 'the timestamp of the record is more than an hour ahead' };
  return undefined;
}

/** Ten megabytes are not parsed to say whose they are; a binary event says it in a header. */
function tooLarge(record: FeedRecord, base: Omit<UsageRecord, 'content' | 'raw'>, eventBytesMax: number): ParsedRecord {
  const detail = `the event has ${record.value?.length ?? 0} bytes; the limit is ${eventBytesMax}`;
  const organisation = nameIn(record, 'ce_subject');
  const source = nameIn(record, 'ce_source');
  const id = nameIn(record, 'ce_id');
  const refused: Refused = { kind: 'refused', reason: 'TooLarge', detail, source, id, timeMs: null };
  return { organisation, record: { ...base, content: refused, raw: new LazyRawRecord(record) } };
}

function nameIn(record: FeedRecord, header: string): string | null {
  const text = readableHeader(record, header);
  return text !== undefined && isName(text) ? text : null;
}

function isKeyOf(key: Uint8Array, organisation: string): boolean {
  if (key.length !== organisation.length) return Buffer.from(organisation, 'utf8').equals(key);
  for (let at = 0; at < key.length; at += 1) {
    const byte = key[at];
    // The same length in bytes and in code units: equal only when all of them are ASCII.
    if (byte === undefined || byte > 0x7f || byte !== organisation.charCodeAt(at)) return false;
  }
  return true;
}
