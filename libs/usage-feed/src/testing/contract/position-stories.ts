import { expect } from '@jest/globals';
import { eventually } from '../collecting-handler.js';
import { numbered, record, type Given, type Stories } from './given.js';
import type { FeedAlarm, StartPosition } from '../../usage-feed.js';
import { lastRecordOf } from '../../last-record.js';

async function alarmOf({ handler, consume }: Given, start: StartPosition): Promise<FeedAlarm['code'] | undefined> {
  handler.startOf = () => start;
  const consumer = await consume();
  await eventually('the alarm', () => handler.alarms.length === 1);
  await consumer.stop();
  expect(handler.records).toEqual([]);
  expect(handler.calls).toEqual(['assigned 0', 'revoked 0']);
  return handler.alarms[0]?.code;
}

/** Where consumption starts, and when it must not start at all. */
export const POSITION_STORIES: Stories = {
  'shows the newest hint of a consumer, and starts nowhere because of it': async (given) => {
    const { feed, handler, topic, consume, name, one } = given;
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

  'takes back a hint that is ahead of where consumption begins, before it says that it began': async (given) => {
    const { feed, handler, topic, consume, name, one } = given;
    await topic(1);
    await feed.publish(name, numbered(3));
    const before = await consume();
    before.hintPosition(one, 3n);
    await before.stop();
    // The handler's store has lost what came after the first record.
    handler.startOf = () => ({ offset: 1n });
    handler.beforeBatch = () => Promise.reject(new Error('store away'));
    const again = await consume();
    expect(await feed.hints([name])).toEqual([{ ...one, nextOffset: 1n }]);
    await again.stop();
  },

  'resumes at the position that the handler gives, within a published batch too': async (given) => {
    const { feed, handler, topic, consume, name } = given;
    await topic(1);
    await feed.publish(name, numbered(10));
    handler.startOf = () => ({ offset: 7n });
    await consume();
    await eventually('the rest', () => handler.records.length === 3);
    expect(handler.values()).toEqual(['7', '8', '9']);
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
};
