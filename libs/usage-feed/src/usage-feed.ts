/**
 * The usage feed port: records in offset order per partition, from a position that the CALLER keeps (the account
 * streams' store, never the feed). Adapters: memory, Postgres; Kafka fits the same port.
 */

/** One record as the log keeps it. Bytes are not looked at here. */
export interface FeedRecord {
  /** Ascending within the partition; gaps are normal (transaction markers, compaction). */
  readonly offset: bigint;
  /** The log's timestamp in Unix milliseconds (append time on the live topic, the event's time on the backfill topic). */
  readonly timestampMs: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** Header names as written; a header given twice has two values. */
  readonly headers: Readonly<Record<string, readonly Uint8Array[]>>;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Identifies the last record decided, to notice a topic that was recreated under the same name. */
export interface LastRecord {
  readonly offset: bigint;
  readonly timestampMs: number;
  /** First 16 hex digits of SHA-256 over key and value. */
  readonly hash: string;
}

/** Where consumption of a partition starts. `offset` is the next offset to read; a partition never read starts at 'start'. */
export interface StartPosition {
  readonly offset: bigint | 'start';
  readonly last?: LastRecord;
}

export interface FeedBatch extends TopicPartition {
  /** At least one record, in offset order, beginning at the expected offset or after it (gaps are normal). */
  readonly records: readonly FeedRecord[];
  /** The offset after the partition's last record at the time of the fetch. */
  readonly endOffset: bigint;
}

/**
 * What a consumer tells its handler. Calls for one partition never overlap and come in this order:
 * assigned, then any number of batches and idles, then revoked.
 */
export interface FeedHandler {
  /** Called before anything of the partition is delivered. Answers where to start; throwing stops the partition (retried). */
  onAssigned(partition: TopicPartition): Promise<StartPosition>;
  /** The next batch is delivered when this resolves. Throwing makes the same records be delivered again, with back-off. */
  onBatch(batch: FeedBatch): Promise<void>;
  /** The partition is drained: nothing was waiting at `atMs` of the live clock. At least every `idleMs` while idle. */
  onIdle(partition: TopicPartition, atMs: number): Promise<void>;
  /** The partition is no longer ours, or the consumer stops. What is under way may still finish: fencing is the store's. */
  onRevoked(partition: TopicPartition): Promise<void>;
  /**
   * Something that no retry mends (log starts beyond the stored position, topic recreated, position behind the end).
   * The partition has stopped; it never jumps. Health goes red and the process exits non-zero.
   */
  onAlarm(alarm: FeedAlarm): void;
}

export interface FeedAlarm extends TopicPartition {
  readonly code: 'PositionBelowLogStart' | 'PositionBeyondLogEnd' | 'TopicRecreated' | 'OffsetWentBack' | 'UnsafeTopic';
  /** One sentence, and the command that an operator runs next. */
  readonly detail: string;
}

export interface ConsumeOptions {
  readonly topics: readonly string[];
  /** Upper bounds of one batch; a batch is what is there, up to these. One record larger than the bytes comes alone. */
  readonly batchRecordsMax: number;
  readonly batchBytesMax: number;
  /** How often `onIdle` is called at least while a partition has nothing waiting. */
  readonly idleMs: number;
}

export interface FeedConsumer {
  /** When the log last answered, in milliseconds of the process's monotonic clock: within seconds while it is there. */
  readonly reachedAt: number;
  /** Begins to consume; resolves when every partition known now was assigned once. @throws {UnknownTopic} */
  start(handler: FeedHandler): Promise<void>;
  /** A hint for lag tools: everything below `nextOffset` is decided. Never decides where consumption starts. */
  hintPosition(partition: TopicPartition, nextOffset: bigint): void;
  /** Finishes the calls under way, revokes every partition and resolves; no handler call comes afterwards. */
  stop(): Promise<void>;
}

export interface PublishRecord {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: Readonly<Record<string, readonly Uint8Array[]>>;
  /** Only on topics whose timestamps are the producer's (`backfill`); ignored on the live topic. */
  readonly timestampMs?: number;
}

export interface PublishedRecord extends TopicPartition {
  readonly offset: bigint;
  readonly timestampMs: number;
}

export interface PartitionEnds extends TopicPartition {
  /** Offset of the oldest record still there (equal to `end` when there is none). */
  readonly start: bigint;
  /** Offset after the last record. */
  readonly end: bigint;
}

/** A consumer's word that everything below `nextOffset` is decided. Never decides where consumption starts. */
export interface HintedPosition extends TopicPartition {
  readonly nextOffset: bigint;
}

export interface TopicDefinition {
  readonly topic: string;
  /** `append`: the log's clock at the append, never going back within a partition. `create`: what the producer says. */
  readonly timestamps: 'append' | 'create';
  readonly partitions: number;
}

export interface UsageFeed {
  /** Creates what is missing; an existing topic is used as it is. */
  ensureTopics(topics: readonly TopicDefinition[]): Promise<void>;
  /** Number of partitions of a topic. @throws {UnknownTopic} */
  partitionCount(topic: string): Promise<number>;
  /**
   * Durable when it resolves; one result a record, in order. All records of a call become visible, or (after an error)
   * an unknown part of them: the caller sends again, identities deduplicate. A null key is spread over partitions.
   * @throws {FeedUnavailable} when the feed cannot take the records now
   * @throws {RecordsTooLarge} when a limit is passed; @throws {UnknownTopic}
   */
  publish(topic: string, records: readonly PublishRecord[]): Promise<readonly PublishedRecord[]>;
  consumer(options: ConsumeOptions): FeedConsumer;
  /** Start and end offsets of every partition of these topics: `end - position` is the lag. */
  ends(topics: readonly string[]): Promise<readonly PartitionEnds[]>;
  /** The newest hints of consumers, where there are any: what lag tools show between two written positions. */
  hints(topics: readonly string[]): Promise<readonly HintedPosition[]>;
  /** One record again, while the log has it; undefined when it is gone. */
  readRecord(partition: TopicPartition, offset: bigint): Promise<FeedRecord | undefined>;
  /**
   * Removes records below `nextOffset` that are older than `olderThanMs`; a log that keeps its own retention does nothing.
   */
  trim(partition: TopicPartition, nextOffset: bigint, olderThanMs: number): Promise<void>;
  close(): Promise<void>;
}

/** The partition of a key, as Kafka's default partitioner has it: murmur2 of the key's bytes, sign cleared, modulo. */
export type PartitionOf = (key: Uint8Array, partitions: number) => number;

/** The feed cannot take or give records now; the caller may try again. */
export class FeedUnavailable extends Error {
  override readonly name = 'FeedUnavailable';
  readonly code = 'FeedUnavailable';
}

export class UnknownTopic extends Error {
  override readonly name = 'UnknownTopic';
  readonly code = 'UnknownTopic';
}

/** A record above `LIMITS.recordBytesMax`, or more than `LIMITS.publishRecordsMax` of them: no retry helps. */
export class RecordsTooLarge extends Error {
  override readonly name = 'RecordsTooLarge';
  readonly code = 'RecordsTooLarge';
}

export const LIMITS = {
  /** Bytes of one record's value, key and headers together; the default of a Kafka broker is 1 MiB, ours is wider. */
  recordBytesMax: 10 * 1024 * 1024,
  publishRecordsMax: 10_000,
  topicNameMax: 249,
  partitionsMax: 1_024,
} as const;
