import { expect } from '@jest/globals';
import { numbered, record, type Stories } from './given.js';
import { FeedUnavailable, LIMITS, RecordsTooLarge, UnknownTopic } from '../../usage-feed.js';
import { partitionOf } from '../../partition-of.js';

/** What publishing promises: where records go, in which order, and what is refused. */
export const PUBLISHING_STORIES: Stories = {
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

  'refuses what no retry mends, and says when it cannot take records now': async (given) => {
    const { feed, under, topic, name, one } = given;
    await topic(1);
    await expect(feed.publish('nothing', numbered(1))).rejects.toBeInstanceOf(UnknownTopic);
    const large = { key: null, value: Buffer.alloc(LIMITS.recordBytesMax + 1) };
    await expect(feed.publish(name, [record('v'), large])).rejects.toBeInstanceOf(RecordsTooLarge);
    expect(await feed.ends([name])).toEqual([{ ...one, start: 0n, end: 0n }]);
    await under.breakFeed();
    await expect(feed.publish(name, numbered(1))).rejects.toBeInstanceOf(FeedUnavailable);
  },
};
