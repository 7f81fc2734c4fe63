import { randomUUID } from 'node:crypto';
import { KafkaUsageFeed, type KafkaConfig } from '@app/usage-feed';
import type { FeedUnderTest } from '@app/usage-feed/testing';
import { Kafka, Partitioners, logLevel, type Admin, type Producer } from 'kafkajs';

/** The brokers that the setup started, or that KAFKA_BROKERS named. */
export function testBrokers(): readonly string[] {
  const brokers = process.env['KAFKA_BROKERS'];
  if (brokers === undefined) throw new Error('Run `npm run test:kafka`: it starts a Kafka, or uses KAFKA_BROKERS');
  return brokers.split(',');
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
  /** A second process of the same group. */
  anotherFeed(config?: Partial<KafkaConfig>): KafkaUsageFeed;
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
  const kafka = new Kafka({ brokers: [...brokers], clientId: 'operator', logLevel: logLevel.NOTHING });
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
        createPartitioner: Partitioners.DefaultPartitioner,
        ...(transactionalId === undefined ? {} : { transactionalId, idempotent: true, maxInFlightRequests: 1 }),
      });
      await producer.connect();
      closing.push(() => producer.disconnect());
      return producer;
    },
    addPartitions: async (name, count) => {
      await admin.createPartitions({ topicPartitions: [{ topic: name, count }] });
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
