import type { EventBase, FeedRange } from './event-base.js';

export interface QuarantinedRecord {
  /** Stable id: topic, generation, partition and offset in one word. */
  readonly id: string;
  readonly reason: string;
  readonly detail: string;
  readonly offset: bigint;
  readonly recordTimestampMs: number;
  readonly source: string | null;
  readonly eventId: string | null;
  readonly timeMs: number | null;
  /** Of a conflict: keyed content hashes of the first event and of this one, 16 hex digits each. */
  readonly hashes: { readonly first: string; readonly second: string } | null;
  /** First 64 KiB of the value, base64. */
  readonly payload: string | null;
  readonly key: string | null;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface UsageQuarantined extends EventBase {
  readonly type: 'UsageQuarantined';
  readonly feed: FeedRange;
  readonly records: readonly QuarantinedRecord[];
}
