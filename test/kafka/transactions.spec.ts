import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CollectingHandler, eventually } from '@app/usage-feed/testing';
import type { Producer } from 'kafkajs';
import { LIVE_OPTIONS, kafkaUnderTest, type KafkaUnderTest } from '../support/kafka/kafka-under-test.js';

describe('transactional producers on a real broker', () => {
  let under: KafkaUnderTest;
  let topic: string;
  let producer: Producer;
  let handler: CollectingHandler;
  beforeEach(async () => {
    under = await kafkaUnderTest();
    ({ topic } = under);
    await under.feed.ensureTopics([{ topic, timestamps: 'append', partitions: 1 }]);
    producer = await under.producer(`transactions-${randomUUID()}`);
    handler = new CollectingHandler();
  });
  afterEach(() => under.close());

  const transact = async (value: string, end: 'commit' | 'abort'): Promise<void> => {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value }] });
    await transaction[end]();
  };
  const consume = async (): Promise<void> => {
    await under.feed.consumer({ ...LIVE_OPTIONS, topics: [topic] }).start(handler);
  };

  it('leave gaps that are normal, and a partition is drained although its last offsets hold no record', async () => {
    await transact('a', 'commit');
    await transact('never', 'abort');
    await transact('b', 'commit');
    await transact('nor this', 'abort');
    await consume();
    await eventually('an idle call', () => handler.idles.length > 0);
    expect(handler.values()).toEqual(['a', 'b']);
    expect(handler.records.map(({ offset }) => offset)).toEqual([0n, 4n]);
    const [ends] = await under.feed.ends([topic]);
    expect(ends?.end).toBe(8n);
    await transact('nothing again', 'abort');
    const count = handler.idles.length;
    await eventually('later idle calls', () => handler.idles.length > count + 2);
    await transact('c', 'commit');
    await eventually('the next record', () => handler.records.length === 3);
    expect(handler.values()).toEqual(['a', 'b', 'c']);
    expect(handler.alarms).toEqual([]);
  });

  it('hold up the mark of a partition while a transaction is open', async () => {
    await consume();
    await eventually('an idle call', () => handler.idles.length > 0);
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value: 'open' }] });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(handler.records).toEqual([]);
    await transaction.commit();
    await eventually('the record', () => handler.records.length === 1);
    // A call may come late: what counts is the mark that it brings, none of which passed the record before it came.
    const before = handler.calls.slice(0, handler.calls.indexOf('batch 0')).filter((call) => call === 'idle 0').length;
    expect(handler.records[0]?.timestampMs).toBeGreaterThanOrEqual(Math.max(...handler.idles.slice(0, before)));
    await eventually('the next idle call', () => handler.idles.length > before);
  });

  it('can be stopped within and resumed after an aborted part', async () => {
    await transact('a', 'commit');
    await transact('never', 'abort');
    await under.feed.publish(topic, [{ key: null, value: Buffer.from('b') }]);
    handler.startOf = () => ({ offset: 1n });
    await consume();
    await eventually('the record', () => handler.records.length === 1);
    expect(handler.values()).toEqual(['b']);
    expect(await under.feed.readRecord({ topic, partition: 0 }, 1n)).toBeUndefined();
    expect(await under.feed.readRecord({ topic, partition: 0 }, 2n)).toBeUndefined();
  });
});
