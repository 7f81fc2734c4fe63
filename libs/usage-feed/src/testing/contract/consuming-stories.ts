import { expect } from '@jest/globals';
import { eventually } from '../collecting-handler.js';
import { numbered, record, texts, type Stories } from './given.js';

const NOTHING = (): void => undefined;

/** How records are handed over: order, batches, repetition, idleness, and the end. */
export const CONSUMING_STORIES: Stories = {
  'gives records in order, with key, headers and the time that was answered': async (given) => {
    const { feed, handler, topic, consume, name } = given;
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

  'never passes the limits of a batch, but gives a larger record alone': async (given) => {
    const { feed, handler, topic, consume, name } = given;
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

  'delivers the same records again after a throw, and nothing else before': async (given) => {
    const { feed, handler, topic, consume, name } = given;
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

  'says that a partition is drained, again and again, and wakes for a record': async (given) => {
    const { feed, handler, topic, consume, name } = given;
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
    const publishing: Promise<unknown>[] = [];
    await eventually('records in all', () => {
      publishing.push(feed.publish(name, [record('v', null)]));
      return new Set(handler.batches.map(({ partition }) => partition)).size === 3;
    });
    await Promise.all(publishing);
    expect(handler.batches.find(({ partition }) => partition === 2)?.records[0]?.offset).toBe(0n);
  },

  'finishes the call under way when it stops, revokes, and is silent afterwards': async (given) => {
    const { feed, handler, topic, consume, name } = given;
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
    const before = handler.calls.length;
    await consumer.stop();
    // What was under way may end; nothing is tried again.
    const after = handler.calls.slice(before);
    expect(after.filter((call) => call === 'batch 0').length).toBeLessThanOrEqual(1);
    expect(after.at(-1)).toBe('revoked 0');
  },
};
