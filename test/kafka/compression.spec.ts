import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CollectingHandler, eventually } from '@app/usage-feed/testing';
import kafkajs from 'kafkajs';
import { compress } from 'snappy';
import { kafkaClass, kafkaJars } from '../support/kafka/broker.mjs';
import {
  LIVE_OPTIONS,
  kafkaUnderTest,
  numbered,
  numbers,
  testBrokers,
  type KafkaUnderTest,
} from '../support/kafka/kafka-under-test.js';

const RECORDS = 3_000;
const PAYLOADS = Array.from({ length: 50 }, (_, index) =>
  JSON.stringify({
    specversion: '1.0',
    id: `req-${index}`,
    source: '/gateway',
    type: 'trace.ingested',
    subject: 'acme',
  }),
);

describe('records that other clients compressed', () => {
  let under: KafkaUnderTest;
  let directory: string;
  beforeEach(async () => {
    under = await kafkaUnderTest();
    directory = mkdtempSync(join(tmpdir(), 'creditfold-payloads-'));
    await under.feed.ensureTopics([{ topic: under.topic, timestamps: 'append', partitions: 1 }]);
  });
  afterEach(async () => {
    await under.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const consume = async (): Promise<CollectingHandler> => {
    const handler = new CollectingHandler();
    await under.feed.consumer({ ...LIVE_OPTIONS, topics: [under.topic] }).start(handler);
    return handler;
  };

  it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])("by Kafka's own producer with %s are all read", async (type) => {
    const file = join(directory, 'payloads.ndjson');
    writeFileSync(file, PAYLOADS.join('\n'));
    const run = spawnSync(
      'java',
      kafkaClass(kafkaJars(), 'org.apache.kafka.tools.ProducerPerformance', [
        '--topic',
        under.topic,
        '--num-records',
        `${RECORDS}`,
        '--throughput',
        '-1',
        '--payload-file',
        file,
        '--bootstrap-server',
        testBrokers().join(','),
        '--command-property',
        `compression.type=${type}`,
        'linger.ms=50',
        'batch.size=65536',
      ]),
      { encoding: 'utf8' },
    );
    expect({ status: run.status, output: run.stdout + run.stderr }).toMatchObject({ status: 0 });
    const handler = await consume();
    await eventually('all records', () => handler.records.length >= RECORDS);
    expect(handler.records.length).toBe(RECORDS);
    expect(handler.values().filter((value) => !PAYLOADS.includes(value))).toEqual([]);
    expect(handler.records.map(({ offset }) => Number(offset))).toEqual([...Array(RECORDS).keys()]);
  });

  it('by a producer that writes raw snappy are all read', async () => {
    const registered = kafkajs.CompressionCodecs[kafkajs.CompressionTypes.Snappy];
    const producer = await under.producer();
    const codec: unknown = registered();
    kafkajs.CompressionCodecs[kafkajs.CompressionTypes.Snappy] = () => ({
      ...(typeof codec === 'object' ? codec : {}),
      compress: ({ buffer }: { buffer: Buffer }) => compress(buffer),
    });
    try {
      const messages = numbered(0, 200).map(({ value }) => ({ value: value === null ? null : Buffer.from(value) }));
      await producer.send({ topic: under.topic, compression: kafkajs.CompressionTypes.Snappy, messages });
    } finally {
      kafkajs.CompressionCodecs[kafkajs.CompressionTypes.Snappy] = registered;
    }
    const handler = await consume();
    await eventually('all records', () => handler.records.length >= 200);
    expect(handler.values()).toEqual(numbers(0, 200));
  });
});
