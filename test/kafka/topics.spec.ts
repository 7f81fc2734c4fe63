import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UnsafeTopic } from '@app/usage-feed';
import { CollectingHandler, eventually } from '@app/usage-feed/testing';
import kafkajs from 'kafkajs';
import { kafkaClass, kafkaJars } from '../support/kafka/broker.mjs';
import { LIVE_OPTIONS, kafkaUnderTest, type KafkaUnderTest } from '../support/kafka/kafka-under-test.js';

/** What kafka-configs.sh runs. */
const CONFIG_COMMAND = 'kafka.admin.ConfigCommand';
const TWO_YEARS_MS = 2 * 365 * 86_400_000;

/** Runs the command of a refusal, as an operator does who has Kafka's scripts. */
const runCommandOf = (message: string): void => {
  const args = /`kafka-configs\.sh ([^`]+)`/.exec(message)?.[1]?.split(' ') ?? [];
  const run = spawnSync('java', kafkaClass(kafkaJars(), CONFIG_COMMAND, args), { encoding: 'utf8' });
  expect({ status: run.status, output: run.stdout + run.stderr }).toMatchObject({ status: 0 });
};

describe('topics on a real broker', () => {
  let under: KafkaUnderTest;
  let topic: string;
  beforeEach(async () => {
    under = await kafkaUnderTest();
    ({ topic } = under);
  });
  afterEach(() => under.close());

  const settings = async (): Promise<Readonly<Record<string, string>>> => {
    const { resources } = await under.admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
    });
    return Object.fromEntries(
      resources.flatMap(({ configEntries }) => configEntries.map((e) => [e.configName, e.configValue])),
    );
  };
  it.each([
    ['append', { 'message.timestamp.type': 'LogAppendTime', 'cleanup.policy': 'delete' }],
    [
      'create',
      {
        'message.timestamp.type': 'CreateTime',
        'cleanup.policy': 'delete',
        'retention.ms': '-1',
        'retention.bytes': '-1',
      },
    ],
  ] as const)('that are missing are created: %s', async (timestamps, expected) => {
    await under.feed.ensureTopics([{ topic, timestamps, partitions: 12 }]);
    expect(await settings()).toMatchObject(expected);
    expect(await under.feed.partitionCount(topic)).toBe(12);
    await under.feed.ensureTopics([{ topic, timestamps, partitions: 6 }]);
    expect(await under.feed.partitionCount(topic)).toBe(12);
  });

  it('that exist are used as they are', async () => {
    await under.createTopic(topic, 3, { 'message.timestamp.type': 'CreateTime', 'retention.ms': '86400000' });
    await under.feed.ensureTopics([{ topic, timestamps: 'append', partitions: 12 }]);
    expect(await settings()).toMatchObject({ 'message.timestamp.type': 'CreateTime', 'retention.ms': '86400000' });
    expect(await under.feed.partitionCount(topic)).toBe(3);
  });

  it.each([
    ['create', { 'retention.ms': '604800000' }, 'retention.ms=-1'],
    ['create', { 'retention.ms': '-1', 'retention.bytes': '1000000' }, 'retention.bytes=-1'],
    ['append', { 'cleanup.policy': 'compact' }, 'cleanup.policy=delete'],
    ['append', { 'cleanup.policy': 'compact,delete' }, 'cleanup.policy=delete'],
  ] as const)(
    'that would lose usage are refused with the command that mends them: %s %j',
    async (timestamps, config, mend) => {
      await under.createTopic(topic, 3, config);
      const refusal = under.feed.ensureTopics([{ topic, timestamps, partitions: 3 }]);
      await expect(refusal).rejects.toBeInstanceOf(UnsafeTopic);
      await expect(refusal).rejects.toThrow(`--entity-name ${topic} --add-config ${mend}`);
      await refusal.catch((error: unknown) => runCommandOf(String(error)));
      await under.feed.ensureTopics([{ topic, timestamps, partitions: 3 }]);
    },
  );

  it('are asked about together, as for lag, without one question disturbing another', async () => {
    const topics = [topic, `${topic}.backfill`, `${topic}.requeue`];
    await under.feed.ensureTopics(topics.map((name) => ({ topic: name, timestamps: 'append', partitions: 2 })));
    const failures: unknown[] = [];
    for (let round = 0; round < 10; round++) {
      const feed = under.anotherFeed();
      for (const name of topics) await feed.partitionCount(name);
      await Promise.all(
        topics.map(async (name) => {
          for (let question = 0; question < 10; question++) {
            await feed.ends([name]).catch((error: unknown) => failures.push(error));
            await feed.partitionCount(name).catch((error: unknown) => failures.push(error));
          }
        }),
      );
      await feed.close();
    }
    expect(failures).toEqual([]);
    await Promise.all(topics.slice(1).map((name) => under.deleteTopic(name)));
  });

  it('of the past keep what a default retention deletes at once', async () => {
    const old = [{ key: Buffer.from('acme'), value: Buffer.from('old'), timestampMs: Date.now() - TWO_YEARS_MS }];
    const lossy = `${topic}-lossy`;
    await under.createTopic(lossy, 1);
    await under.feed.ensureTopics([{ topic, timestamps: 'create', partitions: 1 }]);
    await under.feed.publish(topic, old);
    await under.feed.publish(lossy, old);
    let start = 0n;
    const until = Date.now() + 60_000;
    while (start === 0n && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      start = (await under.feed.ends([lossy]))[0]?.start ?? 0n;
    }
    expect(start).toBe(1n);
    const handler = new CollectingHandler();
    await under.feed.consumer({ ...LIVE_OPTIONS, topics: [topic] }).start(handler);
    await eventually('the old record', () => handler.records.length === 1);
    expect(handler.records[0]?.timestampMs).toBe(old[0]?.timestampMs);
    await under.deleteTopic(lossy);
  });
});
