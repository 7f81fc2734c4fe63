import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FeedUnavailable, lastRecordOf } from '@app/usage-feed';
import { CollectingHandler, eventually } from '@app/usage-feed/testing';
import { TestBroker } from '../support/kafka/broker.mjs';
import {
  LIVE_OPTIONS,
  faultMs,
  kafkaUnderTest,
  numbered,
  numbers,
  type KafkaUnderTest,
} from '../support/kafka/kafka-under-test.js';

const BACK_MS = 30_000;
const REFUSALS_MIN = 2;
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

/** Every record in order, each delivered once. */
const expectAll = (handler: CollectingHandler, count: number): void => {
  expect(handler.values()).toEqual(numbers(0, count));
  expect(handler.alarms).toEqual([]);
};

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

  it('a broker that is killed and comes back on the same port and data: consumption goes on by itself', async () => {
    await under.feed.publish(topic, numbered(0, 100));
    const handler = await consume();
    await eventually('the records', () => handler.records.length === 100);
    await broker.signal('SIGKILL');
    await pause(faultMs(60_000, 5_000));
    const startedMs = performance.now();
    await broker.start();
    await publishUntilTaken(100, 100);
    await eventually('the rest', () => new Set(handler.values()).size === 200, BACK_MS);
    expect(performance.now() - startedMs).toBeLessThan(BACK_MS);
    expectAllAtLeastOnce(handler, 200);
  });

  it('a publisher is told within eleven seconds, again and again, and is served when the broker is back', async () => {
    await under.feed.publish(topic, numbered(0, 10));
    await broker.signal('SIGKILL');
    const untilMs = performance.now() + faultMs(100_000, 10_000);
    for (let refusals = 0; refusals < REFUSALS_MIN || performance.now() < untilMs; refusals++) {
      const startedMs = performance.now();
      await expect(under.feed.publish(topic, numbered(10, 5))).rejects.toBeInstanceOf(FeedUnavailable);
      expect(performance.now() - startedMs).toBeLessThan(11_000);
    }
    await broker.start();
    await publishUntilTaken(10, 5);
    const handler = await consume();
    await eventually('the records', () => new Set(handler.values()).size === 15, BACK_MS);
    expectAllAtLeastOnce(handler, 15);
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

  it('a consumer that begins, and one that ends, while the broker is away', async () => {
    await under.feed.publish(topic, numbered(0, 10));
    await broker.signal('SIGKILL');
    const handler = resumingHandler();
    const starting = under.feed.consumer({ ...LIVE_OPTIONS, topics: [topic] }).start(handler);
    const ending = new CollectingHandler();
    const consumer = under
      .anotherFeed({ groupId: `${under.config.groupId}-ending` })
      .consumer({ ...LIVE_OPTIONS, topics: [topic] });
    const endingStart = consumer.start(ending);
    await pause(2_000);
    const startedMs = performance.now();
    await consumer.stop();
    await endingStart;
    expect(performance.now() - startedMs).toBeLessThan(6_000);
    await broker.start();
    await starting;
    await eventually('the records', () => handler.records.length === 10, BACK_MS);
    expectAll(handler, 10);
    expect(ending.calls).toEqual([]);
  });
});
