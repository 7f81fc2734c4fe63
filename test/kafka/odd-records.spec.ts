import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RecordsTooLarge } from '@app/usage-feed';
import { CollectingHandler, eventually } from '@app/usage-feed/testing';
import { LIVE_OPTIONS, kafkaUnderTest, numbered, type KafkaUnderTest } from '../support/kafka/kafka-under-test.js';

const NOT_UTF8 = Buffer.from([0xff, 0xfe, 0x80]);
const HUGE_BYTES = 5_000_000;

const hex = (bytes: Uint8Array | null | undefined): string | null =>
  bytes === null || bytes === undefined ? null : Buffer.from(bytes).toString('hex');

describe('odd records on a real broker', () => {
  let under: KafkaUnderTest;
  let topic: string;
  beforeEach(async () => {
    under = await kafkaUnderTest();
    ({ topic } = under);
  });
  afterEach(() => under.close());

  it('arrive as they were sent', async () => {
    await under.feed.ensureTopics([{ topic, timestamps: 'append', partitions: 1 }]);
    const producer = await under.producer();
    await producer.send({
      topic,
      messages: [
        { key: null, value: 'null key' },
        { key: 'k', value: null },
        { key: 'k', value: '' },
        { key: NOT_UTF8, value: NOT_UTF8, headers: { raw: NOT_UTF8 } },
        { value: 'twice', headers: { ce_id: ['a', 'b'] } },
        { value: 'inherited names', headers: { constructor: 'c', toString: ['d', 'e'] } },
        { value: Buffer.alloc(HUGE_BYTES, 'x') },
        { value: 'after' },
      ],
    });
    const handler = new CollectingHandler();
    await under.feed.consumer({ ...LIVE_OPTIONS, topics: [topic], batchBytesMax: 64 * 1024 }).start(handler);
    await eventually('all records', () => handler.records.length === 8);
    const [nullKey, nullValue, empty, notText, twice, inherited, huge, after] = handler.records;
    expect(nullKey?.key).toBeNull();
    expect([hex(nullValue?.key), nullValue?.value]).toEqual(['6b', null]);
    expect(empty?.value?.length).toBe(0);
    expect([hex(notText?.key), hex(notText?.value), notText?.headers['raw']?.map(hex)]).toEqual([
      'fffe80',
      'fffe80',
      ['fffe80'],
    ]);
    expect(twice?.headers['ce_id']?.map(hex)).toEqual(['61', '62']);
    expect(Object.entries(inherited?.headers ?? {}).map(([name, all]) => [name, all.map(hex)])).toEqual([
      ['constructor', ['63']],
      ['toString', ['64', '65']],
    ]);
    expect(huge?.value?.length).toBe(HUGE_BYTES);
    expect(Buffer.from(after?.value ?? []).toString()).toBe('after');
    expect((await under.feed.readRecord({ topic, partition: 0 }, 6n))?.value?.length).toBe(HUGE_BYTES);
  });

  it('above the limit of the topic are refused, without those that were published beside them', async () => {
    await under.createTopic(topic, 1);
    await under.feed.ensureTopics([{ topic, timestamps: 'append', partitions: 1 }]);
    const [before, refused, beside] = await Promise.allSettled([
      under.feed.publish(topic, numbered(0, 3)),
      under.feed.publish(topic, [{ key: null, value: Buffer.alloc(2 * 1024 * 1024) }]),
      under.feed.publish(topic, numbered(3, 3)),
    ]);
    expect(refused).toMatchObject({ status: 'rejected', reason: expect.any(RecordsTooLarge) });
    expect([before.status, beside.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(await under.feed.ends([topic])).toEqual([{ topic, partition: 0, start: 0n, end: 6n }]);
  });

  it('more bytes for one partition than a request may hold are published in several', async () => {
    await under.createTopic(topic, 1);
    const records = numbered(0, 40).map((record) => ({ ...record, value: Buffer.alloc(100_000, 'y') }));
    const published = await under.feed.publish(topic, records);
    expect(published.map(({ offset }) => Number(offset))).toEqual([...records.keys()]);
  });
});
