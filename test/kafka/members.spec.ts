import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FeedConsumer, KafkaUsageFeed } from '@app/usage-feed';
import { CollectingHandler, eventually } from '@app/usage-feed/testing';
import {
  LIVE_OPTIONS,
  kafkaUnderTest,
  numbered,
  numbers,
  type KafkaUnderTest,
} from '../support/kafka/kafka-under-test.js';
import { faultMs } from '../support/fault-ms.js';
import { transpileLib } from '../support/transpile-lib.js';

const SESSION_MS = 6_000;
const pause = (durationMs: number): Promise<void> => new Promise((done) => setTimeout(done, durationMs));

const spread = (from: number, count: number): ReturnType<typeof numbered> =>
  numbered(from, count).map((record) => ({ ...record, key: null }));
const owned = ({ calls }: CollectingHandler): number =>
  calls.filter((call) => call.startsWith('assigned')).length -
  calls.filter((call) => call.startsWith('revoked')).length;

/** What a store does: keeps the position of each partition, and which records were decided. */
class PositionStore {
  readonly next = new Map<number, bigint>();
  readonly decided = new Map<string, number>();

  handler(): CollectingHandler {
    const handler = new CollectingHandler();
    handler.startOf = ({ partition }) => ({ offset: this.next.get(partition) ?? 'start' });
    handler.beforeBatch = async ({ partition, records }) => {
      for (const { offset, value } of records) {
        if (offset < (this.next.get(partition) ?? 0n)) continue;
        const text = Buffer.from(value ?? []).toString();
        this.decided.set(text, (this.decided.get(text) ?? 0) + 1);
        this.next.set(partition, offset + 1n);
      }
    };
    return handler;
  }
}

describe('members of a group on a real broker', () => {
  let under: KafkaUnderTest;
  let topic: string;
  let lib: Awaited<ReturnType<typeof transpileLib>>;
  let child: ChildProcess | undefined;
  beforeAll(async () => {
    lib = await transpileLib('usage-feed');
  });
  afterAll(() => rmSync(lib.directory, { recursive: true, force: true }));
  beforeEach(async () => {
    under = await kafkaUnderTest();
    ({ topic } = under);
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    child = undefined;
    await under.close();
  });

  const consume = async (handler: CollectingHandler, feed: KafkaUsageFeed = under.feed): Promise<FeedConsumer> => {
    const consumer = feed.consumer({ ...LIVE_OPTIONS, topics: [topic], idleMs: 500 });
    await consumer.start(handler);
    return consumer;
  };

  it('keep their partitions while a handler runs longer than the session time-out', async () => {
    await under.feed.ensureTopics([{ topic, timestamps: 'append', partitions: 2 }]);
    await under.feed.publish(topic, numbered(0, 20));
    const handler = new CollectingHandler();
    handler.beforeBatch = async () =>
      pause(handler.records.length === 0 ? faultMs(10 * SESSION_MS, SESSION_MS + 2_000) : 0);
    await consume(handler);
    await under.feed.publish(topic, numbered(20, 20));
    await eventually('all records', () => handler.records.length === 40, 80_000);
    expect(handler.values()).toEqual(numbers(0, 40));
    expect(handler.calls.filter((call) => /assigned|revoked/.test(call))).toEqual(['assigned 0', 'assigned 1']);
  });

  it('share the partitions, and take over what another leaves', async () => {
    await under.feed.ensureTopics([{ topic, timestamps: 'append', partitions: 4 }]);
    const store = new PositionStore();
    const [one, two] = [store.handler(), store.handler()];
    await consume(one);
    expect(owned(one)).toBe(4);
    const second = await consume(two, under.anotherFeed());
    await eventually('an equal share', () => owned(one) === 2 && owned(two) === 2);
    await under.feed.publish(topic, spread(0, 400));
    await eventually('all records', () => store.decided.size === 400);
    expect(Math.min(one.records.length, two.records.length)).toBeGreaterThan(0);
    await second.stop();
    await under.feed.publish(topic, spread(400, 40));
    await eventually('the records of all partitions', () => store.decided.size === 440);
    expect(owned(one)).toBe(4);
  });

  it('come and go every moment, and every record is decided once', async () => {
    await under.feed.ensureTopics([{ topic, timestamps: 'append', partitions: 4 }]);
    const store = new PositionStore();
    const handlers = [store.handler()];
    await consume(handlers[0] ?? store.handler());
    const untilMs = performance.now() + faultMs(150_000, 15_000);
    let published = 0;
    let decidedBefore = 0;
    while (performance.now() < untilMs) {
      const handler = store.handler();
      handlers.push(handler);
      const visitor = await consume(handler, under.anotherFeed());
      await under.feed.publish(topic, spread(published, 200));
      published += 200;
      await pause(1_000);
      const before = decidedBefore;
      await eventually('some of them are decided', () => store.decided.size > before);
      await visitor.stop();
      decidedBefore = store.decided.size;
    }
    await eventually('all records', () => store.decided.size === published);
    expect([...store.decided.values()].filter((count) => count !== 1)).toEqual([]);
    expect(handlers.flatMap(({ alarms }) => alarms)).toEqual([]);
    for (const { calls } of handlers) {
      for (let partition = 0; partition < 4; partition++)
        expect(orderOf(calls, partition)).toMatch(/^(a+[bi]*r)*(a+[bi]*)?$/);
    }
  });

  it('that froze past the session time-out are told, and do not fight for what they lost', async () => {
    await under.feed.ensureTopics([{ topic, timestamps: 'append', partitions: 2 }]);
    const script = resolve('test/support/kafka/run-member.mjs');
    const url = lib.url.replace(/index\.js$/, 'kafka/kafka-usage-feed.js');
    child = spawn(process.execPath, [script, url, JSON.stringify(under.config), topic], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout?.on('data', (bytes: Buffer) => (said += bytes.toString()));
    await eventually('the member', () => said.includes('started'), 20_000);
    child.kill('SIGSTOP');
    const handler = new CollectingHandler();
    const assigned = (): number => handler.calls.filter((call) => call.startsWith('assigned')).length;
    await consume(handler);
    await eventually('the take-over', () => assigned() === 2, 30_000);
    await under.feed.publish(topic, spread(0, 20));
    await eventually('the records', () => handler.records.length === 20);
    child.kill('SIGCONT');
    await eventually(
      'word to the frozen member',
      () => said.includes('revoked 0') && said.includes('revoked 1'),
      20_000,
    );
    const share = (): number => (said.match(/^assigned/gm)?.length ?? 0) - (said.match(/^revoked/gm)?.length ?? 0);
    await eventually('an equal share', () => owned(handler) === 1 && share() === 1);
    const callsBefore = handler.calls.filter((call) => /assigned|revoked/.test(call)).length;
    const saidBefore = said.match(/assigned|revoked/g)?.length;
    await pause(SESSION_MS + 2_000);
    expect(handler.calls.filter((call) => /assigned|revoked/.test(call)).length).toBe(callsBefore);
    expect(said.match(/assigned|revoked/g)?.length).toBe(saidBefore);
    expect(said).not.toContain('alarm');
  });
});

/** The calls of one partition as letters: assigned (again where the log did not answer at once), batch, idle, revoked. */
function orderOf(calls: readonly string[], partition: number): string {
  return calls
    .filter((call) => call.endsWith(` ${partition}`))
    .map((call) => call[0])
    .join('');
}
