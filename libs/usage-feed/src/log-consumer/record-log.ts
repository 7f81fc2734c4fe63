import type { PartitionOffset } from '../position-hints.js';
import type { FeedRecord, TopicPartition } from '../usage-feed.js';

export interface ReadLimits {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

/** Offset of the oldest record still there, and the offset after the last one. */
export interface LogBounds {
  readonly startOffset: bigint;
  readonly endOffset: bigint;
}

/** One look at a partition: its bounds and records belong to the same instant. */
export interface LogSlice extends LogBounds {
  /** From the offset asked for, in order; one record larger than the bytes comes alone. */
  readonly records: readonly FeedRecord[];
  /** Whether a limit ended the slice: more was waiting. */
  readonly isFull: boolean;
}

/** What a partition's loop needs. Every method may reject while the log is away; the loop tries again. */
export interface PartitionLog {
  /** Undefined when the partition exists no more. */
  bounds(partition: TopicPartition): Promise<LogBounds | undefined>;
  /** Undefined when the partition exists no more. */
  read(partition: TopicPartition, from: bigint, limits: ReadLimits): Promise<LogSlice | undefined>;
  readRecord(partition: TopicPartition, offset: bigint): Promise<FeedRecord | undefined>;
  /** The live clock if `end` is still the partition's end: no later record gets an earlier append timestamp. */
  drainedAtMs(partition: TopicPartition, end: bigint): Promise<number | undefined>;
  /** Calls `wake` when records may have come to the partition; answers how to unsubscribe. Wake-ups may get lost. */
  onAppended(partition: TopicPartition, wake: () => void): () => void;
}

/** A log whose partitions are all read by every consumer. */
export interface RecordLog extends PartitionLog {
  /** Every partition of these topics now. @throws {UnknownTopic} */
  partitions(topics: readonly string[]): Promise<readonly TopicPartition[]>;
  /** Keeps hints for lag tools; one that fails is lost. */
  keepHints(offsets: readonly PartitionOffset[]): Promise<void>;
}
