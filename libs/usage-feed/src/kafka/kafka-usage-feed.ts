import { PartitionSpread } from '../partition-spread.js';
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
import { registerCompressionCodecs } from './compression-codecs.js';
import { KafkaAdmin } from './kafka-admin.js';
import { KAFKA_LIMITS, type KafkaConfig } from './kafka-config.js';
import { KafkaConsumer } from './kafka-consumer.js';
import { KafkaPublisher } from './kafka-publisher.js';
import { readOneRecord } from './record-reader.js';
import { readShortDeltas } from './short-deltas.js';
import { within } from './within.js';

interface KnownCount {
  readonly partitions: number;
  readonly loadedAtMs: number;
}

/** The feed on Kafka. What the client does that a meter must not is guarded here; see docs/kafka.md for operators. */
export class KafkaUsageFeed implements UsageFeed {
  private readonly admin: KafkaAdmin;
  private readonly publisher: KafkaPublisher;
  private readonly spread = new PartitionSpread();
  private readonly counts = new Map<string, KnownCount>();
  private readonly consumers = new Set<KafkaConsumer>();
  private isOpen = true;

  constructor(private readonly config: KafkaConfig) {
    registerCompressionCodecs();
    readShortDeltas();
    this.admin = new KafkaAdmin(config);
    this.publisher = new KafkaPublisher(config);
  }

  /** @throws {UnsafeTopic} when an existing topic would lose usage: its message has the command that mends it */
  ensureTopics(topics: readonly TopicDefinition[]): Promise<void> {
    return this.admin.ensureTopics(topics);
  }

  partitionCount(topic: string): Promise<number> {
    return this.admin.partitionCount(topic);
  }

  async publish(topic: string, records: readonly PublishRecord[]): Promise<readonly PublishedRecord[]> {
    if (!this.isOpen) throw new FeedUnavailable('The feed is closed');
    checkPublishLimits(records);
    if (records.length === 0) return [];
    const untilMs = performance.now() + KAFKA_LIMITS.publishTimeoutMs;
    const partitions = await within(this.knownCount(topic), KAFKA_LIMITS.publishTimeoutMs);
    const placed = records.map((record) => [this.spread.choose(record.key, partitions), record] as const);
    return this.publisher.publish(topic, placed, untilMs - performance.now());
  }

  consumer(options: ConsumeOptions): FeedConsumer {
    const consumer = new KafkaConsumer(this.config, this.admin, options);
    this.consumers.add(consumer);
    return consumer;
  }

  async ends(topics: readonly string[]): Promise<readonly PartitionEnds[]> {
    return (await Promise.all(topics.map((topic) => this.admin.ends(topic)))).flat();
  }

  hints(topics: readonly string[]): Promise<readonly HintedPosition[]> {
    // The client takes no topics for all of them.
    if (topics.length === 0) return Promise.resolve([]);
    return this.admin.groupOffsets(this.config.groupId, topics);
  }

  readRecord(partition: TopicPartition, offset: bigint): Promise<FeedRecord | undefined> {
    return readOneRecord(this.config, this.admin, { ...partition, offset });
  }

  /** Kafka keeps its own retention. */
  async trim(_partition: TopicPartition, _nextOffset: bigint, _olderThanMs: number): Promise<void> {
    // Nothing is removed here: the topic's retention decides.
  }

  async close(): Promise<void> {
    this.isOpen = false;
    await Promise.all([...this.consumers].map((consumer) => consumer.stop()));
    await this.publisher.close();
    await this.admin.close();
  }

  /** The count last seen, which is renewed behind the caller's back: an old one places records as it did before. */
  private async knownCount(topic: string): Promise<number> {
    const known = this.counts.get(topic);
    if (known === undefined) return this.loadCount(topic);
    const maxAgeMs = this.config.metadataMaxAgeMs ?? KAFKA_LIMITS.metadataMaxAgeMs;
    if (performance.now() - known.loadedAtMs < maxAgeMs) return known.partitions;
    this.counts.set(topic, { ...known, loadedAtMs: performance.now() });
    this.loadCount(topic).catch((error: unknown) => {
      if (error instanceof UnknownTopic) this.counts.delete(topic);
    });
    return known.partitions;
  }

  private async loadCount(topic: string): Promise<number> {
    const partitions = await this.admin.partitionCount(topic);
    this.counts.set(topic, { partitions, loadedAtMs: performance.now() });
    return partitions;
  }
}
