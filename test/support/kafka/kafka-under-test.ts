import { randomUUID } from 'node:crypto';
import { KafkaUsageFeed, type ConsumeOptions, type KafkaConfig, type PublishRecord } from '@app/usage-feed';
import type { FeedUnderTest } from '@app/usage-feed/testing';
import kafkajs, { type Admin, type Kafka, type Producer, type TopicPartitionOffset } from 'kafkajs';

/** The brokers that the setup started, or that KAFKA_BROKERS named. */
export function testBrokers(): readonly string[] {
  const brokers = process.env['KAFKA_BROKERS'];
  if (brokers === undefined) throw new Error('Run `npm run test:kafka`: it starts a Kafka, or uses KAFKA_BROKERS');
  return brokers.split(',');
}

/** Records `from` to `from + count - 1`, all with one key. */
export function numbered(from: number, count: number): PublishRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    key: Buffer.from('acme'),
    value: Buffer.from(`${from + index}`),
  }));
}

/** What `numbered` gives, as a handler collects it. */
export function numbers(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${from + index}`);
}

/** A topic, a group and a feed that nobody else uses, and an operator beside them. */
export interface KafkaUnderTest extends FeedUnderTest {
  readonly feed: KafkaUsageFeed;
  readonly topic: string;
  readonly config: KafkaConfig;
  readonly admin: Admin;
  readonly kafka: Kafka;
  /** Somebody else's producer, which is closed with the rest. */
  producer(transactionalId?: string): Promise<Producer>;
  /** Somebody else's topic, with the broker's defaults and these settings. */
  createTopic(name: string, partitions: number, settings?: Readonly<Record<string, string>>): Promise<void>;
  /** Commits an offset for the group, as an operator's tool does while no member is there. */
  commitForGroup(offset: bigint): Promise<void>;
  /** A second process of the same group. */
  anotherFeed(config?: Partial<KafkaConfig>): KafkaUsageFeed;
}

export const LIVE_OPTIONS: Omit<ConsumeOptions, 'topics'> = {
  batchRecordsMax: 100,
  batchBytesMax: 1_000_000,
  idleMs: 50,
};

/** Joins a group whose members are gone, commits, and leaves: the client's own tool for it takes seconds. */
export async function commitForGroup(kafka: Kafka, groupId: string, at: TopicPartitionOffset): Promise<void> {
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.connect();
  await consumer.subscribe({ topics: [at.topic] });
  await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: () => Promise.resolve() });
  await joined;
  await consumer.commitOffsets([at]);
  await consumer.disconnect();
}

export async function kafkaUnderTest(brokers: readonly string[] = testBrokers()): Promise<KafkaUnderTest> {
  const topic = `usage-${randomUUID()}`;
  const config: KafkaConfig = {
    brokers,
    clientId: 'creditfold-test',
    groupId: `creditfold-${randomUUID()}`,
    sessionTimeoutMs: 6_000,
    metadataMaxAgeMs: 500,
  };
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], clientId: 'operator', logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const closing: (() => Promise<void>)[] = [];
  const anotherFeed = (changed: Partial<KafkaConfig> = {}): KafkaUsageFeed => {
    const feed = new KafkaUsageFeed({ ...config, ...changed });
    closing.push(() => feed.close());
    return feed;
  };
  const feed = anotherFeed();
  return {
    feed,
    topic,
    config,
    admin,
    kafka,
    anotherFeed,
    producer: async (transactionalId) => {
      const producer = kafka.producer({
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
        ...(transactionalId === undefined ? {} : { transactionalId, idempotent: true, maxInFlightRequests: 1 }),
      });
      await producer.connect();
      closing.push(() => producer.disconnect());
      return producer;
    },
    createTopic: async (name, numPartitions, settings = {}) => {
      const configEntries = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
      await admin.createTopics({ topics: [{ topic: name, numPartitions, configEntries }], waitForLeaders: false });
      const isThere = (): Promise<boolean> => feed.partitionCount(name).then(Boolean, () => false);
      while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    commitForGroup: (offset) => commitForGroup(kafka, config.groupId, { topic, partition: 0, offset: `${offset}` }),
    addPartitions: async (name, count) => {
      await admin.createPartitions({ topicPartitions: [{ topic: name, count }] });
      // The client's producer drops records of partitions that it does not see yet, and says nothing.
      const isThere = (): Promise<boolean> => feed.partitionCount(name).then((seen) => seen === count);
      while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    deleteTopic: (name) => admin.deleteTopics({ topics: [name] }),
    deleteRecords: async ({ topic: name, partition }, nextOffset) => {
      // The client's admin deletes only in topics whose metadata it happens to have.
      await admin.fetchTopicOffsets(name);
      await admin.deleteTopicRecords({ topic: name, partitions: [{ partition, offset: `${nextOffset}` }] });
    },
    breakFeed: () => feed.close(),
    close: async () => {
      await Promise.all(closing.map((close) => close()));
      await admin.deleteTopics({ topics: [topic] }).catch(() => undefined);
      await admin.disconnect();
    },
  };
}
