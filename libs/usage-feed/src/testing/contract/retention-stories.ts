import { expect } from '@jest/globals';
import { eventually } from '../collecting-handler.js';
import { numbered, type Stories } from './given.js';

/** The service trims the log. */
export const TRIMMED_STORIES: Stories = {
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

/** The log removes records by itself, or an operator does. */
export const SELF_KEPT_STORIES: Stories = {
  'leaves to the log what it removes, and starts where an operator removed records': async (given) => {
    const { feed, handler, under, topic, consume, name, one } = given;
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
