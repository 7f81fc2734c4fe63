import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lastRecordOf } from '../last-record.js';
import { partitionOf } from '../partition-of.js';
import { FeedUnavailable, RecordsTooLarge, UnknownTopic, LIMITS } from '../usage-feed.js';
import type {
  ConsumeOptions,
  FeedAlarm,
  FeedConsumer,
  PublishRecord,
  StartPosition,
  TopicPartition,
  UsageFeed,
} from '../usage-feed.js';
import { CollectingHandler, eventually } from './collecting-handler.js';

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
const record = (value: string, key: string | null = 'acme'): PublishRecord => ({
  key: key === null ? null : Buffer.from(key),
  value: Buffer.from(value),
});
const numbered = (count: number): PublishRecord[] => Array.from({ length: count }, (_, index) => record(`${index}`));
const texts = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index}`);
const NOTHING = (): void => undefined;

/** What a story is told with: a fresh feed, a handler, and consumers that use it. */
interface Given {
  readonly under: FeedUnderTest;
  readonly feed: UsageFeed;
  readonly handler: CollectingHandler;
  /** The topic's name, and its first partition. */
  readonly name: string;
  readonly one: TopicPartition;
  readonly topic: (partitions: number, timestamps?: 'append' | 'create') => Promise<void>;
  readonly consume: (options?: Partial<ConsumeOptions>) => Promise<FeedConsumer>;
}

function givenOf(under: FeedUnderTest): Given {
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

async function alarmOf({ handler, consume }: Given, start: StartPosition): Promise<FeedAlarm['code'] | undefined> {
  handler.startOf = () => start;
  const consumer = await consume();
  await eventually('the alarm', () => handler.alarms.length === 1);
  await consumer.stop();
  expect(handler.records).toEqual([]);
  expect(handler.calls).toEqual(['assigned 0', 'revoked 0']);
  return handler.alarms[0]?.code;
}

const STORIES: Readonly<Record<string, (given: Given) => Promise<void>>> = {
  'shows the newest hint of a consumer, and starts nowhere because of it': async ({
    feed,
    handler,
    topic,
    consume,
    name,
    one,
  }) => {
    await topic(1);
    await feed.publish(name, numbered(3));
    const consumer = await consume();
    await eventually('the records', () => handler.records.length === 3);
    consumer.hintPosition(one, 2n);
    consumer.hintPosition(one, 3n);
    await consumer.stop();
    expect(await feed.hints([name])).toEqual([{ ...one, nextOffset: 3n }]);
    expect(await feed.hints([])).toEqual([]);
    const again = await consume();
    await eventually('the records again', () => handler.records.length === 6);
    await again.stop();
  },
  'gives records in order, with key, headers and the time that was answered': async ({
    feed,
    handler,
    topic,
    consume,
    name,
  }) => {
    await topic(1);
    const headers = { ce_id: [Buffer.from('a'), Buffer.from([0xff, 0])], empty: [Buffer.alloc(0)] };
    const odd = { key: null, value: null, headers };
    const published = await feed.publish(name, [odd, ...numbered(300), odd]);
    await consume();
    await eventually('all records', () => handler.records.length === 302);
    expect(handler.values()).toEqual(['', ...texts(300), '']);
    expect(handler.records.map(({ offset }) => offset)).toEqual(published.map(({ offset }) => offset));
    expect(handler.records.map(({ timestampMs }) => timestampMs)).toEqual(published.map((one) => one.timestampMs));
    const [first, second] = handler.records;
    // The last one was behind what one batch holds: it is read as a backlog is.
    for (const one of [first, handler.records.at(-1)]) {
      expect([one?.key, one?.value]).toEqual([null, null]);
      expect(Object.entries(one?.headers ?? {}).map(([key, all]) => [key, all.map((value) => [...value])])).toEqual([
        ['ce_id', [[97], [255, 0]]],
        ['empty', [[]]],
      ]);
    }
    expect(Buffer.from(second?.key ?? []).toString()).toBe('acme');
    expect(second?.headers).toEqual({});
  },

  'keeps offsets gapless and times ascending under several publishers': async ({ feed, topic, name }) => {
    await topic(3);
    const calls = Array.from({ length: 60 }, (_, index) => [record(`${index}`, `k${index}`), record('n', null)]);
    const published = (await Promise.all(calls.map((call) => feed.publish(name, call)))).flat();
    for (const end of await feed.ends([name])) {
      const here = published.filter((one) => one.partition === end.partition);
      const offsets = here.map((one) => Number(one.offset)).toSorted((a, b) => a - b);
      expect(offsets).toEqual(Array.from({ length: Number(end.end) }, (_, index) => index));
      const times = here.toSorted((a, b) => Number(a.offset - b.offset)).map((one) => one.timestampMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
  },

  'puts a key where Kafka would, and spreads records without key': async ({ feed, topic, name }) => {
    await topic(4);
    const [keyed] = await feed.publish(name, [record('v', 'globex')]);
    expect(keyed?.partition).toBe(partitionOf(Buffer.from('globex'), 4));
    const spread = await feed.publish(
      name,
      Array.from({ length: 40 }, () => record('v', null)),
    );
    expect(new Set(spread.map(({ partition }) => partition)).size).toBe(4);
  },

  'keeps the times of the producer on a topic that says so': async ({ feed, topic, name, one }) => {
    await topic(1, 'create');
    const [published] = await feed.publish(name, [{ ...record('old'), timestampMs: 86_400_000 }]);
    expect(published?.timestampMs).toBe(86_400_000);
    expect((await feed.readRecord(one, 0n))?.timestampMs).toBe(86_400_000);
  },

  'never passes the limits of a batch, but gives a larger record alone': async ({
    feed,
    handler,
    topic,
    consume,
    name,
  }) => {
    await topic(1);
    const big = 'x'.repeat(5_000_000);
    await feed.publish(name, [...numbered(25), record(big), record('after')]);
    await consume({ batchRecordsMax: 10, batchBytesMax: 10_000 });
    await eventually('all records', () => handler.records.length === 27);
    expect(handler.values()).toEqual([...texts(25), big, 'after']);
    expect(Math.max(...handler.batches.map(({ records }) => records.length))).toBe(10);
    const withBig = handler.batches.find(({ records }) => records.some(({ value }) => (value?.length ?? 0) > 10_000));
    expect(withBig?.records.length).toBe(1);
    expect(handler.batches.every(({ endOffset }) => endOffset === 27n)).toBe(true);
  },

  'resumes at the position that the handler gives, within a published batch too': async ({
    feed,
    handler,
    topic,
    consume,
    name,
  }) => {
    await topic(1);
    await feed.publish(name, numbered(10));
    handler.startOf = () => ({ offset: 7n });
    await consume();
    await eventually('the rest', () => handler.records.length === 3);
    expect(handler.values()).toEqual(['7', '8', '9']);
  },

  'delivers the same records again after a throw, and nothing else before': async ({
    feed,
    handler,
    topic,
    consume,
    name,
  }) => {
    await topic(1);
    await feed.publish(name, numbered(5));
    const seen: number[] = [];
    handler.beforeBatch = async ({ records }) => {
      seen.push(records.length);
      if (seen.length === 1) await feed.publish(name, [record('later')]);
      if (seen.length < 3) throw new Error('not now');
    };
    await consume();
    await eventually('the later record', () => handler.records.length === 6);
    expect(seen).toEqual([5, 5, 5, 1]);
  },

  'asks again for the position when the handler could not give it': async ({ feed, handler, topic, consume, name }) => {
    await topic(1);
    await feed.publish(name, numbered(1));
    let asked = 0;
    handler.startOf = (): StartPosition => {
      asked += 1;
      if (asked === 1) throw new Error('store away');
      return { offset: 'start' };
    };
    await consume();
    await eventually('the record', () => handler.records.length === 1);
    expect(asked).toBe(2);
  },

  'says that a partition is drained, again and again, and wakes for a record': async ({
    feed,
    handler,
    topic,
    consume,
    name,
  }) => {
    await topic(1);
    await consume();
    await eventually('three idle calls', () => handler.idles.length >= 3);
    expect(handler.idles).toEqual(handler.idles.toSorted((a, b) => a - b));
    const mark = handler.idles.at(-1) ?? 0;
    const [published] = await feed.publish(name, [record('wake')]);
    await eventually('the record', () => handler.records.length === 1);
    expect(published?.timestampMs).toBeGreaterThanOrEqual(mark);
  },

  'reads an added partition from its start': async ({ feed, handler, under, topic, consume, name }) => {
    await topic(1);
    await consume();
    await under.addPartitions(name, 3);
    await eventually('the new partitions', () => handler.calls.includes('assigned 2'));
    expect(await feed.partitionCount(name)).toBe(3);
    await eventually('records in all', () => {
      void feed.publish(name, [record('v', null)]);
      return new Set(handler.batches.map(({ partition }) => partition)).size === 3;
    });
    expect(handler.batches.find(({ partition }) => partition === 2)?.records[0]?.offset).toBe(0n);
  },

  'alarms when the log starts beyond the position': async (given) => {
    const { feed, under, topic, name, one } = given;
    await topic(1);
    await feed.publish(name, numbered(3));
    await (under.deleteRecords?.(one, 3n) ?? feed.trim(one, 3n, -60_000));
    await feed.publish(name, numbered(1));
    expect(await alarmOf(given, { offset: 1n })).toBe('PositionBelowLogStart');
  },

  'alarms when the log ends before the position': async (given) => {
    const { feed, topic, name } = given;
    await topic(1);
    await feed.publish(name, numbered(3));
    expect(await alarmOf(given, { offset: 4n })).toBe('PositionBeyondLogEnd');
  },

  'alarms when the last record is another one': async (given) => {
    const { feed, under, topic, name, one } = given;
    await topic(1);
    await feed.publish(name, numbered(3));
    const second = await feed.readRecord(one, 1n);
    if (second === undefined) throw new Error('The record is gone');
    await under.deleteTopic(name);
    await topic(1);
    await feed.publish(name, [record('other'), record('records'), record('now')]);
    expect(await alarmOf(given, { offset: 2n, last: lastRecordOf(second) })).toBe('TopicRecreated');
  },

  'goes on after the last record when it is the same': async ({ feed, handler, topic, consume, name, one }) => {
    await topic(1);
    await feed.publish(name, numbered(3));
    const second = await feed.readRecord(one, 1n);
    if (second === undefined) throw new Error('The record is gone');
    handler.startOf = () => ({ offset: 2n, last: lastRecordOf(second) });
    await consume();
    await eventually('the third record', () => handler.records.length === 1);
    expect(handler.values()).toEqual(['2']);
  },

  'alarms when the topic is created again while it is read': async ({ feed, handler, under, topic, consume, name }) => {
    await topic(1);
    await feed.publish(name, numbered(3));
    await consume();
    await eventually('the records', () => handler.records.length === 3);
    await under.deleteTopic(name);
    await topic(1);
    await feed.publish(name, numbered(9));
    await eventually('the alarm', () => handler.alarms.length === 1);
    expect(handler.alarms[0]?.code).toBe('TopicRecreated');
    expect(handler.records.length).toBe(3);
  },

  'finishes the call under way when it stops, revokes, and is silent afterwards': async ({
    feed,
    handler,
    topic,
    consume,
    name,
  }) => {
    await topic(1);
    await feed.publish(name, numbered(1));
    let finish = NOTHING;
    handler.beforeBatch = () => new Promise((resolve) => (finish = resolve));
    const consumer = await consume();
    await eventually('the batch', () => handler.calls.includes('batch 0'));
    const stopped = consumer.stop();
    finish();
    await stopped;
    expect(handler.values()).toEqual(['0']);
    expect(handler.calls.at(-1)).toBe('revoked 0');
    const count = handler.calls.length;
    await feed.publish(name, numbered(1));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(handler.calls.length).toBe(count);
  },

  'stops promptly while a handler keeps throwing': async ({ feed, handler, topic, consume, name }) => {
    await topic(1);
    await feed.publish(name, numbered(1));
    handler.beforeBatch = () => Promise.reject(new Error('never'));
    const consumer = await consume();
    await eventually('a throw', () => handler.calls.includes('batch 0'));
    const startedMs = performance.now();
    await consumer.stop();
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect(handler.calls.at(-1)).toBe('revoked 0');
  },

  'refuses what no retry mends, and says when it cannot take records now': async ({
    feed,
    under,
    topic,
    name,
    one,
  }) => {
    await topic(1);
    await expect(feed.publish('nothing', numbered(1))).rejects.toBeInstanceOf(UnknownTopic);
    const large = { key: null, value: Buffer.alloc(LIMITS.recordBytesMax + 1) };
    await expect(feed.publish(name, [record('v'), large])).rejects.toBeInstanceOf(RecordsTooLarge);
    expect(await feed.ends([name])).toEqual([{ ...one, start: 0n, end: 0n }]);
    await under.breakFeed();
    await expect(feed.publish(name, numbered(1))).rejects.toBeInstanceOf(FeedUnavailable);
  },
};

/** Logs that are trimmed by the service, and logs that keep their own retention. */
const TRIMMED_STORIES: typeof STORIES = {
  'trims below the position only, and only what is old': async ({ feed, handler, topic, consume, name, one }) => {
    await topic(1);
    await feed.publish(name, numbered(3));
    await feed.publish(name, numbered(3));
    await feed.trim(one, 6n, 60_000);
    expect(await feed.ends([name])).toEqual([{ ...one, start: 0n, end: 6n }]);
    await feed.trim(one, 3n, -60_000);
    expect(await feed.ends([name])).toEqual([{ ...one, start: 3n, end: 6n }]);
    expect(await feed.readRecord(one, 2n)).toBeUndefined();
    expect((await feed.readRecord(one, 3n))?.offset).toBe(3n);
    await consume();
    await eventually('what is left', () => handler.records.length === 3);
    expect(handler.records[0]?.offset).toBe(3n);
  },
};
const SELF_KEPT_STORIES: typeof STORIES = {
  'leaves to the log what it removes, and starts where an operator removed records': async ({
    feed,
    handler,
    under,
    topic,
    consume,
    name,
    one,
  }) => {
    await topic(1);
    await feed.publish(name, numbered(6));
    await feed.trim(one, 6n, -60_000);
    expect(await feed.ends([name])).toEqual([{ ...one, start: 0n, end: 6n }]);
    await under.deleteRecords?.(one, 3n);
    expect(await feed.ends([name])).toEqual([{ ...one, start: 3n, end: 6n }]);
    expect(await feed.readRecord(one, 2n)).toBeUndefined();
    expect((await feed.readRecord(one, 3n))?.offset).toBe(3n);
    await consume();
    await eventually('what is left', () => handler.records.length === 3);
    expect(handler.records[0]?.offset).toBe(3n);
  },
};

/** What every adapter of the usage feed must do. `create` gives an empty feed each time. */
export function usageFeedContract(
  name: string,
  create: () => Promise<FeedUnderTest>,
  retention: 'trimmed' | 'self-kept' = 'trimmed',
): void {
  const stories = { ...STORIES, ...(retention === 'trimmed' ? TRIMMED_STORIES : SELF_KEPT_STORIES) };
  describe(`the usage feed in ${name}`, () => {
    let under: FeedUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(() => under.close());

    it.each(Object.entries(stories))('%s', async (_story, tell) => {
      expect.hasAssertions();
      await tell(givenOf(under));
    });
  });
}
