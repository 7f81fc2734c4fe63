import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedRecord, TopicPartition } from '../usage-feed.js';
import { FeedUnavailable } from '../usage-feed.js';
import type { KafkaAdmin } from './kafka-admin.js';
import { kafkaOf, KAFKA_LIMITS, SHORT_RETRY, type KafkaConfig } from './kafka-config.js';
import { MessageReader } from './kafka-records.js';
import { skippedRange } from './fetched-batch.js';
import { within } from './within.js';

const RETRY_MS = 200;

/**
 * Reads one record by a consumer of its own, outside the group that shares the partitions. Its group (a name that
 * begins with ours, for access rules) is deleted afterwards. Undefined when the offset holds no record.
 * @throws {FeedUnavailable} @throws {UnknownTopic}
 */
export async function readOneRecord(
  config: KafkaConfig,
  admin: KafkaAdmin,
  at: TopicPartition & { readonly offset: bigint },
): Promise<FeedRecord | undefined> {
  const bounds = (await admin.ends(at.topic)).find(({ partition }) => partition === at.partition);
  if (bounds === undefined || at.offset < bounds.start || at.offset >= bounds.end) return undefined;
  const giveUpAt = performance.now() + KAFKA_LIMITS.readTimeoutMs;
  for (;;) {
    try {
      return await readByOwnGroup(config, admin, { ...at, withinMs: giveUpAt - performance.now() });
    } catch (cause) {
      // As of a coordinator that has just started: the client ends at once by what it calls retriable itself.
      const isPassing = cause instanceof Error && 'retriable' in cause && cause.retriable === true;
      if (isPassing && performance.now() + RETRY_MS < giveUpAt) await sleep(RETRY_MS);
      else
        throw cause instanceof FeedUnavailable
          ? cause
          : new FeedUnavailable('The record cannot be read now', { cause });
    }
  }
}

async function readByOwnGroup(
  config: KafkaConfig,
  admin: KafkaAdmin,
  at: TopicPartition & { readonly offset: bigint; readonly withinMs: number },
): Promise<FeedRecord | undefined> {
  const groupId = `${config.groupId}-record-${randomUUID()}`;
  const consumer = kafkaOf(config, SHORT_RETRY).consumer({
    groupId,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: KAFKA_LIMITS.fetchWaitMs,
    maxBytesPerPartition: 1,
    retry: { ...SHORT_RETRY, restartOnFailure: () => Promise.resolve(false) },
  });
  try {
    const reading = new Promise<FeedRecord | undefined>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
        const isHere = payload.topic === at.topic && payload.partition === at.partition;
        if (isHere && skippedRange(payload) !== undefined) resolve(undefined);
      });
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        // Everything but the one partition stays unread.
        for (const [topic, partitions] of Object.entries(payload.memberAssignment)) {
          const others = partitions.filter((partition) => partition !== at.partition);
          if (others.length > 0) consumer.pause([{ topic, partitions: others }]);
        }
        consumer.seek({ topic: at.topic, partition: at.partition, offset: `${at.offset}` });
      });
      void (async () => {
        await consumer.connect();
        await consumer.subscribe({ topics: [at.topic], fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          eachBatch: async (payload) => {
            const { batch } = payload;
            const first = batch.messages[0];
            if (payload.isStale() || batch.partition !== at.partition || first === undefined) return;
            resolve(BigInt(first.offset) === at.offset ? new MessageReader().read(first) : undefined);
          },
        });
      })().catch(reject);
    });
    return await within(reading, at.withinMs);
  } finally {
    await within(consumer.disconnect(), KAFKA_LIMITS.stopTimeoutMs).catch(() => undefined);
    await admin.deleteGroup(groupId).catch(() => undefined);
  }
}
