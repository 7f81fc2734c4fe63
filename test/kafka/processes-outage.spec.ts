import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { faultMs } from '../support/fault-ms.js';
import { TestBroker } from '../support/kafka/broker.mjs';
import { Deployment } from '../support/kafka/deployment.js';
import type { ProducedEvent } from '../support/kafka/produced-usage.js';

const CRASHES = 3;

describe('processes while their broker dies', () => {
  let broker: TestBroker;
  let postgres: TestPostgres;
  let deployment: Deployment;
  beforeAll(async () => {
    broker = await new TestBroker().start();
    postgres = await startTestPostgres();
    const databaseUrl = await postgres.createDatabase();
    deployment = await Deployment.start({ brokers: broker.brokers, databaseUrl, partitions: 12 });
    const members = await Promise.all([deployment.addAggregator(), deployment.addAggregator()]);
    await Promise.all(members.map((member) => member.ready()));
  });
  afterAll(async () => {
    await deployment.stop();
    await broker.stop();
    await postgres.stop();
  });

  const post = async (events: readonly ProducedEvent[]): Promise<number> => {
    const raw = `[${events.map(({ json }) => json).join(',')}]`;
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    return (await deployment.client.post('/v1/events', { raw, headers })).status;
  };

  it('I2, I3, I8: killed again and again under load, it comes back, and nothing is lost or doubled (F12)', async () => {
    await deployment.underLoad(async () => {
      for (let crash = 0; crash < CRASHES; crash += 1) {
        await sleep(1_500);
        await broker.signal('SIGKILL');
        await sleep(500);
        await broker.start();
      }
    });
    expect(await deployment.differences()).toEqual([]);
    expect(deployment.aggregators.map(({ isRunning }) => isRunning)).toEqual([true, true]);
  });

  it('I3: while it is away HTTP says 503 and never 202, and what was refused may be sent again (F13, F22)', async () => {
    const [before, refused, after] = [deployment.usage.make(50), deployment.usage.make(50), deployment.usage.make(50)];
    expect(await post(before)).toBe(202);
    await broker.signal('SIGKILL');
    const untilMs = performance.now() + faultMs(100_000, 10_000);
    do expect(await post(refused)).toBe(503);
    while (performance.now() < untilMs);
    await broker.start();
    const giveUpMs = performance.now() + 60_000;
    while ((await post(refused)) !== 202) expect(performance.now()).toBeLessThan(giveUpMs);
    expect(await post(refused)).toBe(202);
    expect(await post(after)).toBe(202);
    expect(await deployment.differences()).toEqual([]);
  });
});
