import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseJsonExactly, parseStructuredEvent } from '@app/metering';
import { partitionOf } from '@app/usage-feed';
import { CollectingHandler, eventually } from '@app/usage-feed/testing';
import { kafkaClass, kafkaJars } from '../support/kafka/broker.mjs';
import { LIVE_OPTIONS, kafkaUnderTest, testBrokers, type KafkaUnderTest } from '../support/kafka/kafka-under-test.js';

describe('the example producers on a real broker', () => {
  let under: KafkaUnderTest;
  beforeEach(async () => {
    under = await kafkaUnderTest();
    await under.feed.ensureTopics([{ topic: under.topic, timestamps: 'append', partitions: 12 }]);
  });
  afterEach(() => under.close());

  it.each<[string, number, () => readonly [string, readonly string[]]]>([
    ['node-kafkajs.mjs', 3, () => [process.execPath, ['examples/producers/node-kafkajs.mjs']]],
    ['UsageProducer.java', 1, () => ['java', kafkaClass(kafkaJars(), 'examples/producers/UsageProducer.java', [])]],
  ])('%s sends what is understood, where its key belongs', async (_file, count, command) => {
    const [program, args] = command();
    const env = { ...process.env, KAFKA_BROKERS: testBrokers().join(','), CREDITFOLD_TOPIC: under.topic };
    const run = spawnSync(program, args, { encoding: 'utf8', env });
    expect({ status: run.status, output: run.stdout + run.stderr }).toMatchObject({ status: 0 });
    const handler = new CollectingHandler();
    await under.feed.consumer({ ...LIVE_OPTIONS, topics: [under.topic] }).start(handler);
    await eventually('the events', () => handler.records.length === count);
    expect(new Set(handler.batches.map(({ partition }) => partition))).toEqual(
      new Set([partitionOf(Buffer.from('acme'), 12)]),
    );
    for (const { value, headers } of handler.records) {
      const parsed = parseJsonExactly(value ?? new Uint8Array());
      expect(parseStructuredEvent('ok' in parsed ? parsed.ok : undefined)).toMatchObject({
        event: { type: 'llm.completion' },
      });
      expect(Buffer.from(headers['content-type']?.[0] ?? []).toString()).toBe('application/cloudevents+json');
    }
  });
});
