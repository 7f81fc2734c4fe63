import type { Consumer, EachBatchPayload } from 'kafkajs';
import { BackOff } from '../log-consumer/pause.js';
import type { TopicPartition } from '../usage-feed.js';
import type { PartitionOffset } from '../position-hints.js';
import { fetchedBatch, skippedRange, type FetchedBatch } from './fetched-batch.js';
import { ENDLESS_RETRY, kafkaOf, KAFKA_LIMITS, type KafkaConfig } from './kafka-config.js';
import { reasonOf } from './kafka-errors.js';
import { within } from './within.js';

export interface FetchOptions {
  readonly topics: readonly string[];
  /** Of one partition in one answer; a larger record comes alone. */
  readonly partitionBytesMax: number;
}

/** What a member tells its consumer. Everything is called between two fetches, so what it does holds for the next. */
export interface GroupEvents {
  /** A new identity means that the group had given up the old one, and others may have owned its partitions. */
  onJoined(memberId: string, assigned: readonly TopicPartition[]): void;
  /** False: the batch is not taken, and is fetched again. */
  onBatch(batch: FetchedBatch): boolean;
  /** A fetch failed, as it does when a topic is deleted: whatever comes next may be of another log. */
  onFetchFailed(): void;
  /** The group's coordinator answered: this member is alive. */
  onAlive(): void;
  onSkipped(partition: TopicPartition, first: bigint, last: bigint): void;
}

/**
 * One member of a consumer group, for as long as it is wanted: the client's consumer is built anew whenever it ends by
 * itself. Handlers never run inside the client's fetch loop, which therefore keeps sending heartbeats however long
 * they take, and a slow partition holds up no other.
 */
export class GroupMember {
  private readonly stopping = new AbortController();
  private readonly backOff = new BackOff();
  private consumer: Consumer | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: KafkaConfig,
    private readonly fetching: FetchOptions,
    private readonly events: GroupEvents,
  ) {}

  start(): void {
    this.running = this.keepJoined();
  }

  /** Leaves the group, so that others get the partitions at once; gives up on a broker that does not answer. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  seek({ topic, partition }: TopicPartition, offset: bigint): void {
    this.whileJoined((consumer) => consumer.seek({ topic, partition, offset: `${offset}` }));
  }

  pause({ topic, partition }: TopicPartition): void {
    this.whileJoined((consumer) => consumer.pause([{ topic, partitions: [partition] }]));
  }

  resume({ topic, partition }: TopicPartition): void {
    this.whileJoined((consumer) => consumer.resume([{ topic, partitions: [partition] }]));
  }

  /** Rejects when the broker refuses, for instance because the group has given the partition to another. */
  async commit(offsets: readonly PartitionOffset[]): Promise<void> {
    const committing = this.consumer?.commitOffsets(
      offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset: `${offset}` })),
    );
    if (committing !== undefined) await within(committing, KAFKA_LIMITS.hintIntervalMs);
  }

  /** Without a group there is nothing to tell: the next join begins with every partition held. */
  private whileJoined(tell: (consumer: Consumer) => void): void {
    try {
      if (this.consumer !== undefined) tell(this.consumer);
    } catch (error) {
      this.config.log?.(`The group is not joined: ${String(error)}`);
    }
  }

  private async keepJoined(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const consumer = this.build();
      const crashed = new Promise<void>((resolve) => consumer.on(consumer.events.CRASH, () => resolve()));
      const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      const joining = this.join(consumer);
      await Promise.race([
        Promise.all([joining, crashed]).catch((error: unknown) => this.warn(error)),
        crashed,
        stopped,
      ]);
      this.consumer = undefined;
      await within(consumer.disconnect(), KAFKA_LIMITS.stopTimeoutMs).catch((error: unknown) => this.warn(error));
      await this.backOff.wait(signal);
    }
  }

  private async join(consumer: Consumer): Promise<void> {
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.backOff.reset();
      const assigned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      );
      if (this.consumer === consumer) this.events.onJoined(payload.memberId, assigned);
    });
    consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
      const skipped = skippedRange(payload);
      if (skipped !== undefined && this.consumer === consumer) this.events.onSkipped(payload, ...skipped);
    });
    consumer.on(consumer.events.HEARTBEAT, () => {
      if (this.consumer === consumer) this.events.onAlive();
    });
    this.noticeFailedFetches(consumer);
    await consumer.connect();
    // Only ever the start of the log that a position was not found for: never its end, which would skip usage.
    await consumer.subscribe({ topics: [...this.fetching.topics], fromBeginning: true });
    this.consumer = consumer;
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: async (payload) => this.deliver(payload),
    });
  }

  /** The client tells of fetches that succeeded only: one that begins at a node before the last has ended has failed. */
  private noticeFailedFetches(consumer: Consumer): void {
    const underWay = new Set<number>();
    consumer.on(consumer.events.FETCH_START, ({ payload }) => {
      if (underWay.has(payload.nodeId) && this.consumer === consumer) this.events.onFetchFailed();
      underWay.add(payload.nodeId);
    });
    consumer.on(consumer.events.FETCH, ({ payload }) => {
      underWay.delete(payload.nodeId);
    });
  }

  private async deliver(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    if (payload.isStale() || this.stopping.signal.aborted) return;
    const last = batch.messages.at(-1);
    if (last !== undefined && this.events.onBatch(fetchedBatch(batch))) payload.resolveOffset(last.offset);
  }

  private build(): Consumer {
    const { config } = this;
    return kafkaOf(config, ENDLESS_RETRY).consumer({
      groupId: config.groupId,
      allowAutoTopicCreation: false,
      metadataMaxAge: config.metadataMaxAgeMs ?? KAFKA_LIMITS.metadataMaxAgeMs,
      sessionTimeout: config.sessionTimeoutMs ?? KAFKA_LIMITS.sessionTimeoutMs,
      rebalanceTimeout: KAFKA_LIMITS.rebalanceTimeoutMs,
      heartbeatInterval: KAFKA_LIMITS.heartbeatIntervalMs,
      maxWaitTimeInMs: KAFKA_LIMITS.fetchWaitMs,
      maxBytes: KAFKA_LIMITS.fetchBytesMax,
      maxBytesPerPartition: this.fetching.partitionBytesMax,
      // The client would restart some of its crashes itself; one way of coming back is enough.
      retry: { ...ENDLESS_RETRY, restartOnFailure: () => Promise.resolve(false) },
    });
  }

  private warn(error: unknown): void {
    this.config.log?.(`The consumer ended and begins again: ${reasonOf(error)}`);
  }
}
