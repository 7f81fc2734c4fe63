import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FeedUnavailable, lastRecordOf, type FeedConsumer } from '@app/usage-feed';
import { CollectingHandler, eventually } from '@app/usage-feed/testing';
import { faultMs } from '../support/fault-ms.js';
import { AggregatorWorld } from '../support/aggregator-world.js';
import { TestBroker } from '../support/kafka/broker.mjs';
import {
  LIVE_OPTIONS,
  kafkaUnderTest,
  numbered,
  numbers,
  type KafkaUnderTest,
} from '../support/kafka/kafka-under-test.js';

/** Generous, since a machine may be busy: how soon consumption goes on is for docs/kafka.md to say. */
const BACK_MS = 90_000;
const REFUSED_WITHIN_MS = 60_000;
const REFUSALS_MIN = 2;
const within = <T>(promise: Promise<T>, durationMs: number): Promise<T | 'late'> =>
  Promise.race([promise, sleep(durationMs, 'late' as const, { ref: false })]);
const pause = (durationMs: number): Promise<void> => new Promise((done) => setTimeout(done, durationMs));

/** A handler that is resumed after what it has seen, as a store resumes it. */
function resumingHandler(): CollectingHandler {
  const handler = new CollectingHandler();
  handler.startOf = () => {
    const last = handler.records.at(-1);
    return last === undefined ? { offset: 'start' } : { offset: last.offset + 1n, last: lastRecordOf(last) };
  };
  return handler;
}

/** Every record, at least once and in order: what a producer that tries again leaves. */
const expectAllAtLeastOnce = (handler: CollectingHandler, count: number): void => {
  expect([...new Set(handler.values())]).toEqual(numbers(0, count));
  expect(handler.records.map(({ offset }) => Number(offset))).toEqual([...Array(handler.records.length).keys()]);
  expect(handler.alarms).toEqual([]);
};

describe('outages of a real broker', () => {
  let broker: TestBroker;
  let under: KafkaUnderTest;
  let topic: string;
  beforeAll(async () => {
    broker = await new TestBroker().start();
  });
  afterAll(() => broker.stop());
  beforeEach(async () => {
    under = await kafkaUnderTest([broker.brokers]);
    ({ topic } = under);
    await under.feed.ensureTopics([{ topic, timestamps: 'append', partitions: 1 }]);
  });
  afterEach(() => under.close());

  const consume = async (): Promise<CollectingHandler> => {
    const handler = resumingHandler();
    await under.feed.consumer({ ...LIVE_OPTIONS, topics: [topic] }).start(handler);
    return handler;
  };
  /** A consumer of a group of its own, whose start may take as long as the outage. */
  const begin = (group: string): readonly [CollectingHandler, Promise<void>, FeedConsumer] => {
    const handler = resumingHandler();
    const feed = under.anotherFeed({ groupId: `${under.config.groupId}-${group}` });
    const consumer = feed.consumer({ ...LIVE_OPTIONS, topics: [topic] });
    return [handler, consumer.start(handler), consumer];
  };
  const watchedAggregator = async () => {
    const world = new AggregatorWorld(Date.now());
    const feed = under.anotherFeed({ groupId: `${under.config.groupId}-watched` });
    const settings = { stalledRedMs: 3_000, watchEveryMs: 100 };
    const aggregator = await world.start({ feed, topic: `${topic}-watched`, settings });
    return { world, problems: () => aggregator.health().problems };
  };
  /** A publisher that is told to try again does so, as a producer behind HTTP does. */
  const publishUntilTaken = async (from: number, count: number): Promise<number> => {
    for (let refusals = 0; ; refusals++) {
      try {
        await under.feed.publish(topic, numbered(from, count));
        return refusals;
      } catch (error) {
        expect(error).toBeInstanceOf(FeedUnavailable);
      }
    }
  };

  it('a broker that is killed and comes back: who consumes, begins, ends or publishes meanwhile', async () => {
    await under.feed.publish(topic, numbered(0, 100));
    const handler = await consume();
    const watched = await watchedAggregator();
    await eventually('the records', () => handler.records.length === 100);
    await eventually('green', () => !watched.problems().includes('FeedUnavailable'), BACK_MS);
    await broker.signal('SIGKILL');
    const [beginner, beginning] = begin('beginning');
    const [ender, ending, enders] = begin('ending');
    await pause(2_000);
    await enders.stop();
    await ending;
    const untilMs = performance.now() + faultMs(100_000, 10_000);
    for (let refusals = 0; refusals < REFUSALS_MIN || performance.now() < untilMs; refusals++) {
      const refused = under.feed.publish(topic, numbered(100, 5));
      await expect(within(refused, REFUSED_WITHIN_MS)).rejects.toBeInstanceOf(FeedUnavailable);
    }
    await eventually('red', () => watched.problems().includes('FeedUnavailable'), BACK_MS);
    await broker.start();
    await publishUntilTaken(100, 5);
    await beginning;
    for (const each of [handler, beginner]) {
      await eventually('all records', () => new Set(each.values()).size === 105, BACK_MS);
      expectAllAtLeastOnce(each, 105);
    }
    expect(ender.calls).toEqual([]);
    await eventually('green', () => !watched.problems().includes('FeedUnavailable'), BACK_MS);
    expect(watched.world.faults).toEqual([]);
    await watched.world.end();
  });

  it('a broker that freezes and goes on: nothing is lost, and nothing is delivered out of order', async () => {
    await under.feed.publish(topic, numbered(0, 50));
    const handler = await consume();
    await eventually('the records', () => handler.records.length === 50);
    await broker.signal('SIGSTOP');
    const frozen = under.feed.publish(topic, numbered(50, 50)).then(
      () => 'taken',
      (error: unknown) => error,
    );
    await pause(faultMs(40_000, 4_000));
    await broker.signal('SIGCONT');
    const outcome = await frozen;
    expect(outcome === 'taken' || outcome instanceof FeedUnavailable).toBe(true);
    await publishUntilTaken(100, 10);
    await eventually('the last record', () => handler.values().includes('109'), BACK_MS);
    const seen = new Set(handler.values());
    expect([...seen]).toEqual(seen.size === 60 ? [...numbers(0, 50), ...numbers(100, 10)] : numbers(0, 110));
    expect(outcome === 'taken' ? seen.size : 110).toBe(110);
    expect(handler.alarms).toEqual([]);
  });
});
