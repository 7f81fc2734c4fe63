import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FeedConsumer, StartPosition } from '@app/usage-feed';
import { CollectingHandler, eventually } from '@app/usage-feed/testing';
import {
  LIVE_OPTIONS,
  kafkaUnderTest,
  numbered,
  numbers,
  type KafkaUnderTest,
} from '../support/kafka/kafka-under-test.js';

const NOTHING = (): void => undefined;

describe('positions on a real broker', () => {
  let under: KafkaUnderTest;
  let topic: string;
  beforeEach(async () => {
    under = await kafkaUnderTest();
    ({ topic } = under);
    await under.feed.ensureTopics([{ topic, timestamps: 'append', partitions: 1 }]);
  });
  afterEach(() => under.close());

  const consume = async (
    handler: CollectingHandler,
    { feed = under.feed, start = { offset: 'start' } }: { feed?: typeof under.feed; start?: StartPosition } = {},
  ): Promise<FeedConsumer> => {
    handler.startOf = () => start;
    const consumer = feed.consumer({ ...LIVE_OPTIONS, topics: [topic] });
    await consumer.start(handler);
    return consumer;
  };
  const groupOffset = async (): Promise<string | undefined> => {
    const [found] = await under.admin.fetchOffsets({ groupId: under.config.groupId, topics: [topic] });
    return found?.partitions[0]?.offset;
  };
  const resetTo = (offset: bigint) => (): Promise<void> => under.commitForGroup(offset);

  it.each<[string, () => Promise<unknown>]>([
    ['deleted', () => under.admin.deleteGroups([under.config.groupId])],
    ['reset to the earliest', resetTo(0n)],
    ['reset to the latest', resetTo(10n)],
    ['set beyond the end', resetTo(5_000n)],
  ])("the stored position wins over the group's offset that was %s", async (_what, disturb) => {
    await under.feed.publish(topic, numbered(0, 10));
    const first = new CollectingHandler();
    const consumer = await consume(first);
    await eventually('the records', () => first.records.length === 10);
    consumer.hintPosition({ topic, partition: 0 }, 7n);
    await consumer.stop();
    expect(await groupOffset()).toBe('7');
    await disturb();
    expect(await groupOffset()).not.toBe('7');
    const second = new CollectingHandler();
    await consume(second, { start: { offset: 5n } });
    await eventually('the rest', () => second.records.length >= 5);
    expect(second.values()).toEqual(numbers(5, 5));
    expect(second.alarms).toEqual([]);
  });

  it('stops with an alarm, and never jumps, when retention overtakes a reader that is behind', async () => {
    const feed = under.anotherFeed({ prefetchBytesMax: 1 });
    const big = numbered(0, 60).map((record) => ({ ...record, value: Buffer.alloc(100_000, 'x') }));
    await feed.publish(topic, big);
    const handler = new CollectingHandler();
    let release = NOTHING;
    const held = new Promise<void>((resolve) => (release = resolve));
    handler.beforeBatch = () => held;
    await consume(handler, { feed });
    await eventually('the first batch', () => handler.calls.includes('batch 0'));
    await under.deleteRecords?.({ topic, partition: 0 }, 58n);
    release();
    await eventually('the alarm', () => handler.alarms.length === 1);
    expect(handler.alarms[0]).toMatchObject({ topic, partition: 0, code: 'PositionBelowLogStart' });
    expect(handler.alarms[0]?.detail).toContain('npm run replay -- verify');
    const offsets = handler.records.map(({ offset }) => Number(offset));
    expect(offsets).toEqual([...offsets.keys()]);
    expect(offsets.length).toBeLessThan(58);
    expect(handler.calls.at(-1)).toBe('revoked 0');
  });

  it.each<[string, StartPosition]>([
    ['PositionBelowLogStart', { offset: 10n }],
    ['PositionBeyondLogEnd', { offset: 61n }],
  ])('refuses to begin outside the log: %s', async (code, start) => {
    await under.feed.publish(topic, numbered(0, 60));
    await under.deleteRecords?.({ topic, partition: 0 }, 50n);
    const handler = new CollectingHandler();
    await consume(handler, { start });
    await eventually('the alarm', () => handler.alarms.length === 1);
    expect([handler.alarms[0]?.code, handler.records.length]).toEqual([code, 0]);
  });

  it('says that the log went back when nothing that was read can tell more', async () => {
    await under.feed.publish(topic, numbered(0, 5));
    await under.deleteRecords?.({ topic, partition: 0 }, 5n);
    const handler = new CollectingHandler();
    await consume(handler);
    await eventually('an idle call', () => handler.idles.length > 0);
    await under.deleteTopic(topic);
    await under.feed.ensureTopics([{ topic, timestamps: 'append', partitions: 1 }]);
    await eventually('the alarm', () => handler.alarms.length === 1);
    expect(handler.alarms[0]?.code).toBe('OffsetWentBack');
  });

  it('notices a topic that was created anew and has grown beyond the position', async () => {
    await under.feed.publish(topic, numbered(0, 3));
    const handler = new CollectingHandler();
    const consumer = await consume(handler);
    await eventually('the records', () => handler.records.length === 3);
    await consumer.stop();
    await under.deleteTopic(topic);
    await under.feed.ensureTopics([{ topic, timestamps: 'append', partitions: 1 }]);
    await under.feed.publish(topic, numbered(100, 9));
    const last = handler.records[2];
    const again = new CollectingHandler();
    // The hash tells them apart even where the timestamp would not.
    await consume(again, {
      start: { offset: 3n, last: { offset: 2n, timestampMs: last?.timestampMs ?? 0, hash: '0123456789abcdef' } },
    });
    await eventually('the alarm', () => again.alarms.length === 1);
    expect([again.alarms[0]?.code, again.records.length]).toEqual(['TopicRecreated', 0]);
  });

  it('reads from its start a partition that held records before it was noticed', async () => {
    const handler = new CollectingHandler();
    await consume(handler);
    const producer = await under.producer();
    await under.addPartitions(topic, 2);
    const messages = ['a', 'b', 'c'].map((value) => ({ value, partition: 1 }));
    await producer.send({ topic, messages });
    await eventually('the records', () => handler.records.length === 3);
    expect(handler.values(1)).toEqual(['a', 'b', 'c']);
  });
});
