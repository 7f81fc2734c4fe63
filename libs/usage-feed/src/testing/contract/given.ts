import { CollectingHandler } from '../collecting-handler.js';
import type { ConsumeOptions, FeedConsumer, PublishRecord, TopicPartition, UsageFeed } from '../../usage-feed.js';

/** A fresh feed, and what an operator or an accident can do to it. */
export interface FeedUnderTest {
  readonly feed: UsageFeed;
  /** The topic that the stories use; a shared broker needs another one each time. */
  readonly topic?: string;
  /** How an operator removes the records below an offset where the log keeps its own retention and `trim` does nothing. */
  readonly deleteRecords?: (partition: TopicPartition, nextOffset: bigint) => Promise<void>;
  addPartitions(topic: string, partitions: number): Promise<void>;
  deleteTopic(topic: string): Promise<void>;
  /** From now on the feed takes nothing. */
  breakFeed(): Promise<void>;
  close(): Promise<void>;
}

const OPTIONS = { batchRecordsMax: 100, batchBytesMax: 1_000_000, idleMs: 50 };
export const record = (value: string, key: string | null = 'acme'): PublishRecord => ({
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from(value),
});
export const numbered = (count: number): PublishRecord[] =>
  Array.from({ length: count }, (_, index) => record(`${index}`));
export const texts = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index}`);

/** What a story is told with: a fresh feed, a handler, and consumers that use it. */
export interface Given {
  readonly under: FeedUnderTest;
  readonly feed: UsageFeed;
  readonly handler: CollectingHandler;
  /** The topic's name, and its first partition. */
  readonly name: string;
  readonly one: TopicPartition;
  readonly topic: (partitions: number, timestamps?: 'append' | 'create') => Promise<void>;
  readonly consume: (options?: Partial<ConsumeOptions>) => Promise<FeedConsumer>;
}

export function givenOf(under: FeedUnderTest): Given {
  const { feed, topic: name = 'usage.v1' } = under;
  const handler = new CollectingHandler();
  return {
    under,
    name,
    one: { topic: name, partition: 0 },
    feed,
    handler,
    topic: (partitions, timestamps = 'append') => feed.ensureTopics([{ topic: name, timestamps, partitions }]),
    consume: async (options = {}) => {
      const consumer = feed.consumer({ ...OPTIONS, topics: [name], ...options });
      await consumer.start(handler);
      return consumer;
    },
  };
}

/** Stories by their titles. */
export type Stories = Readonly<Record<string, (given: Given) => Promise<void>>>;
