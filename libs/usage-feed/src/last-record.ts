import { createHash } from 'node:crypto';
import type { FeedRecord, LastRecord } from './usage-feed.js';

const HASH_DIGITS = 16;

/** What identifies a record later: offset, timestamp, and 16 hex digits of SHA-256 over key and value. */
export function lastRecordOf(record: FeedRecord): LastRecord {
  const hash = createHash('sha256');
  if (record.key !== null) hash.update(record.key);
  if (record.value !== null) hash.update(record.value);
  return {
    offset: record.offset,
    timestampMs: record.timestampMs,
    hash: hash.digest('hex').slice(0, HASH_DIGITS),
  };
}
