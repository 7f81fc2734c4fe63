import type { FeedRecord, TopicPartition } from '../usage-feed.js';

export interface ReadLimits {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

/** One look at a partition: its bounds and records belong to the same instant. */
export interface LogSlice {
  readonly startOffset: bigint;
  readonly endOffset: bigint;
  /** From the offset asked for, in order, without gaps; one record larger than the bytes comes alone. */
  readonly records: readonly FeedRecord[];
  /** Whether a limit ended the slice: more was waiting. */
  readonly isFull: boolean;
}

/** What a consumer needs of an embedded log. Every method may reject while the log is away; the consumer tries again. */
export interface RecordLog {
  /** Every partition of these topics now. @throws {UnknownTopic} */
  partitions(topics: readonly string[]): Promise<readonly TopicPartition[]>;
  /** Undefined when the partition exists no more. */
  read(partition: TopicPartition, from: bigint, limits: ReadLimits): Promise<LogSlice | undefined>;
  readRecord(partition: TopicPartition, offset: bigint): Promise<FeedRecord | undefined>;
  /** The live clock if `end` is still the partition's end: no later record gets an earlier append timestamp. */
  drainedAtMs(partition: TopicPartition, end: bigint): Promise<number | undefined>;
  /** Calls `wake` when records may have come to the partition; answers how to unsubscribe. Wake-ups may get lost. */
  onAppended(partition: TopicPartition, wake: () => void): () => void;
}
