import { ADJUST_HEADER, ORIGINAL_TIMESTAMP_HEADER, ORIGINAL_TOPIC_HEADER, type FeedRecord } from '@app/usage-feed';
import type { Topics } from '../topics.js';
import { readableHeader } from './record-headers.js';

/** By which rules a record is decided, and when it was first in a log. */
export interface RecordOrigin {
  readonly mode: 'live' | 'history';
  readonly isAdjusting: boolean;
  readonly timestampMs: number;
}

/**
 * Where a record was published first. Only the requeue topic is believed about that: producers may write to the others
 * whatever they like.
 */
export function originOf(record: FeedRecord, topic: string, topics: Topics): RecordOrigin {
  if (topic === topics.live) return { mode: 'live', isAdjusting: false, timestampMs: record.timestampMs };
  const isAdjusting = readableHeader(record, ADJUST_HEADER) === 'true';
  if (topic === topics.backfill) return { mode: 'history', isAdjusting, timestampMs: record.timestampMs };
  const isHistory = readableHeader(record, ORIGINAL_TOPIC_HEADER) === topics.backfill;
  const timestamp = readableHeader(record, ORIGINAL_TIMESTAMP_HEADER);
  const timestampMs =
    timestamp !== undefined && /^-?\d{1,15}$/.test(timestamp) ? Number(timestamp) : record.timestampMs;
  if (isHistory) return { mode: 'history', isAdjusting, timestampMs };
  return { mode: 'live', isAdjusting: false, timestampMs };
}
