import { LogConsumer } from '../log-consumer/log-consumer.js';
import type { LogBounds, LogSlice, RecordLog } from '../log-consumer/record-log.js';
import { PartitionSpread } from '../partition-spread.js';
import type { PartitionOffset } from '../position-hints.js';
import { checkPublishLimits } from '../publish-limits.js';
import { FeedUnavailable, UnknownTopic } from '../usage-feed.js';
import type {
  ConsumeOptions,
  FeedConsumer,
  FeedRecord,
  HintedPosition,
  PartitionEnds,
  PublishRecord,
  PublishedRecord,
  TopicDefinition,
  TopicPartition,
  UsageFeed,
} from '../usage-feed.js';
import { MemoryPartition } from './memory-partition.js';

interface MemoryTopic {
  readonly timestamps: 'append' | 'create';
  readonly partitions: MemoryPartition[];
}

/** The feed for tests and simulations: nothing survives the process. `nowMs` is the log's clock, Unix milliseconds. */
export class MemoryUsageFeed implements UsageFeed {
  private readonly hinted = new Map<string, HintedPosition>();
  private readonly topics = new Map<string, MemoryTopic>();
  private readonly spread = new PartitionSpread();
  private readonly consumers = new Set<LogConsumer>();
  private isOpen = true;

  constructor(private readonly nowMs: () => number = Date.now) {}

  async ensureTopics(topics: readonly TopicDefinition[]): Promise<void> {
    for (const { topic, timestamps, partitions } of topics) {
      if (this.topics.has(topic)) continue;
      this.topics.set(topic, {
        timestamps,
        partitions: Array.from({ length: partitions }, () => new MemoryPartition()),
      });
    }
  }

  /** Grows a topic to `partitions`, as an operator of a broker does; the records that are there stay where they are. */
  async addPartitions(topic: string, partitions: number): Promise<void> {
    const known = this.topicOf(topic);
    while (known.partitions.length < partitions) known.partitions.push(new MemoryPartition());
  }

  /** Removes a topic with its records, as an operator of a broker does. */
  async deleteTopic(topic: string): Promise<void> {
    this.topics.delete(topic);
  }

  async partitionCount(topic: string): Promise<number> {
    return this.topicOf(topic).partitions.length;
  }

  async publish(topic: string, records: readonly PublishRecord[]): Promise<readonly PublishedRecord[]> {
    if (!this.isOpen) throw new FeedUnavailable('The feed is closed');
    checkPublishLimits(records);
    const { timestamps, partitions } = this.topicOf(topic);
    const touched = new Set<MemoryPartition>();
    const published = records.map((record): PublishedRecord => {
      const partition = this.spread.choose(record.key, partitions.length);
      const log = this.partitionOf({ topic, partition });
      touched.add(log);
      const { offset, timestampMs } = log.append(record, this.nowMs(), timestamps);
      return { topic, partition, offset, timestampMs };
    });
    for (const log of touched) for (const wake of log.wakes) wake();
    return published;
  }

  consumer(options: ConsumeOptions): FeedConsumer {
    const consumer = new LogConsumer(this.recordLog(), options);
    this.consumers.add(consumer);
    return consumer;
  }

  async ends(topics: readonly string[]): Promise<readonly PartitionEnds[]> {
    return topics.flatMap((topic) =>
      this.topicOf(topic).partitions.map((log, partition) => ({ topic, partition, start: log.start, end: log.end })),
    );
  }

  async hints(topics: readonly string[]): Promise<readonly HintedPosition[]> {
    return [...this.hinted.values()].filter(({ topic }) => topics.includes(topic));
  }

  private keepHints(offsets: readonly PartitionOffset[]): void {
    for (const { topic, partition, offset } of offsets)
      this.hinted.set(`${topic}/${partition}`, { topic, partition, nextOffset: offset });
  }

  async readRecord(partition: TopicPartition, offset: bigint): Promise<FeedRecord | undefined> {
    return this.partitionOf(partition).at(offset);
  }

  async trim(partition: TopicPartition, nextOffset: bigint, olderThanMs: number): Promise<void> {
    this.partitionOf(partition).trim(nextOffset, this.nowMs() - olderThanMs);
  }

  async close(): Promise<void> {
    this.isOpen = false;
    await Promise.all([...this.consumers].map((consumer) => consumer.stop()));
  }

  private topicOf(topic: string): MemoryTopic {
    const known = this.topics.get(topic);
    if (known === undefined) throw new UnknownTopic(`There is no topic ${topic}`);
    return known;
  }

  private partitionOf({ topic, partition }: TopicPartition): MemoryPartition {
    const log = this.topicOf(topic).partitions[partition];
    if (log === undefined) throw new UnknownTopic(`${topic} has no partition ${partition}`);
    return log;
  }

  private recordLog(): RecordLog {
    const held = new Map<string, MemoryPartition>();
    const sameLog = (partition: TopicPartition): MemoryPartition | undefined => {
      const name = `${partition.topic}/${partition.partition}`;
      const log = this.topics.get(partition.topic)?.partitions[partition.partition];
      const known = held.get(name) ?? log;
      if (log === undefined || known !== log) return undefined;
      held.set(name, log);
      return log;
    };
    return {
      partitions: async (topics) =>
        topics.flatMap((topic) => this.topicOf(topic).partitions.map((_log, partition) => ({ topic, partition }))),
      keepHints: async (offsets) => this.keepHints(offsets),
      bounds: async (partition): Promise<LogBounds | undefined> => {
        const log = sameLog(partition);
        return log === undefined ? undefined : { startOffset: log.start, endOffset: log.end };
      },
      read: async (partition, from, limits): Promise<LogSlice | undefined> => sameLog(partition)?.slice(from, limits),
      readRecord: (partition, offset) => this.readRecord(partition, offset),
      drainedAtMs: async (partition, end) => {
        const log = this.partitionOf(partition);
        return log.end === end ? log.clock(this.nowMs()) : undefined;
      },
      onAppended: (partition, wake) => {
        const wakes = this.topics.get(partition.topic)?.partitions[partition.partition]?.wakes;
        wakes?.add(wake);
        return () => wakes?.delete(wake);
      },
    };
  }
}
