import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseJsonExactly, parseStructuredEvent } from '@app/metering';
import { partitionOf } from '@app/usage-feed';
import { CollectingHandler, eventually } from '@app/usage-feed/testing';
import { kafkaClass, kafkaJars } from '../support/kafka/broker.mjs';
import { LIVE_OPTIONS, kafkaUnderTest, testBrokers, type KafkaUnderTest } from '../support/kafka/kafka-under-test.js';

const PARTITIONS = 12;
const PYTHON = process.env['PYTHON'] ?? 'python3';
const PYTHON_EXAMPLE = 'examples/producers/python-producer.py';
const STAND_IN = resolve('test/support/kafka/python');
/** Where the client is not installed, a stand-in says what the program would send. */
const hasPythonClient = spawnSync(PYTHON, ['-c', 'import confluent_kafka']).status === 0;

/** What the stand-in prints; bytes in base64. */
interface Sent {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

const bytes = (text: string): Buffer => Buffer.from(text, 'base64');

describe('the example producers on a real broker', () => {
  let under: KafkaUnderTest;
  beforeEach(async () => {
    under = await kafkaUnderTest();
    await under.feed.ensureTopics([{ topic: under.topic, timestamps: 'append', partitions: PARTITIONS }]);
  });
  afterEach(() => under.close());

  const run = (program: string, args: readonly string[], given: Readonly<Record<string, string>> = {}): string => {
    const env = { ...process.env, KAFKA_BROKERS: testBrokers().join(','), CREDITFOLD_TOPIC: under.topic, ...given };
    const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', env });
    expect({ program, error, status, output: `${stdout}${stderr}` }).toMatchObject({ status: 0 });
    return stdout;
  };
  /** How many structured events of llm.completion there are, all in the partition of their organisation. */
  const usageEvents = async (count: number): Promise<number> => {
    const handler = new CollectingHandler();
    await under.feed.consumer({ ...LIVE_OPTIONS, topics: [under.topic] }).start(handler);
    await eventually('the events', () => handler.records.length === count);
    expect(new Set(handler.batches.map(({ partition }) => partition))).toEqual(
      new Set([partitionOf(Buffer.from('acme'), PARTITIONS)]),
    );
    for (const { value, headers } of handler.records) {
      const parsed = parseJsonExactly(value ?? new Uint8Array());
      expect(parseStructuredEvent('ok' in parsed ? parsed.ok : undefined)).toMatchObject({
        event: { type: 'llm.completion' },
      });
      expect(Buffer.from(headers['content-type']?.[0] ?? []).toString()).toBe('application/cloudevents+json');
    }
    return handler.records.length;
  };

  it('node-kafkajs.mjs sends what is understood, where its key belongs', async () => {
    run(process.execPath, ['examples/producers/node-kafkajs.mjs']);
    expect(await usageEvents(3)).toBe(3);
  });

  it('UsageProducer.java sends what is understood, where its key belongs', async () => {
    run('java', kafkaClass(kafkaJars(), 'examples/producers/UsageProducer.java', []));
    expect(await usageEvents(1)).toBe(1);
  });

  if (hasPythonClient)
    it('python-producer.py sends what is understood, where its key belongs', async () => {
      run(PYTHON, [PYTHON_EXAMPLE]);
      expect(await usageEvents(1)).toBe(1);
    });
  else
    it('python-producer.py would send what is understood (confluent-kafka is not installed)', async () => {
      const said = run(PYTHON, [PYTHON_EXAMPLE], { PYTHONPATH: STAND_IN });
      const sent = JSON.parse(/^SENT (.+)$/m.exec(said)?.[1] ?? '') as Sent;
      expect(sent.settings).toMatchObject({ 'enable.idempotence': true, partitioner: 'murmur2_random' });
      const headers = Object.fromEntries(Object.entries(sent.headers).map(([name, text]) => [name, [bytes(text)]]));
      await under.feed.publish(under.topic, [{ key: bytes(sent.key), value: bytes(sent.value), headers }]);
      expect(await usageEvents(1)).toBe(1);
    });
});
