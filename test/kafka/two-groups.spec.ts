import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openEventStore } from '@app/event-store';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { KafkaUsageFeed } from '@app/usage-feed';
import { eventually } from '@app/usage-feed/testing';
import { AggregatorWorld } from '../support/aggregator-world.js';
import { Deployment, SESSION_MS } from '../support/kafka/deployment.js';
import { testBrokers } from '../support/kafka/kafka-under-test.js';

const FENCED_MS = 60_000;

describe('two groups on the same topic and the same streams', () => {
  let postgres: TestPostgres;
  let deployment: Deployment;
  let databaseUrl: string;
  beforeAll(async () => {
    postgres = await startTestPostgres();
    databaseUrl = await postgres.createDatabase();
    deployment = await Deployment.start({ brokers: testBrokers().join(','), databaseUrl, partitions: 3 });
  });
  afterAll(async () => {
    await deployment.stop();
    await postgres.stop();
  });

  /** By mistake: it reads the same topic under another group, so that both own every partition. */
  const startStray = async () => {
    const { store } = await openEventStore({ databaseUrl });
    const world = new AggregatorWorld(Date.now(), store);
    const feed = new KafkaUsageFeed({
      brokers: testBrokers(),
      clientId: 'stray',
      groupId: `${deployment.groupId}-stray`,
      sessionTimeoutMs: SESSION_MS,
    });
    const settings = { positionEveryMs: 200, lostExitMs: 2_000, watchEveryMs: 100 };
    const aggregator = await world.start({ feed, topic: deployment.topic, settings, nowMs: Date.now });
    const stop = async (): Promise<void> => {
      await aggregator.stop();
      await Promise.all([feed.close(), store.close()]);
    };
    return { world, aggregator, stop };
  };

  it('I2, I5, I7, I11: whoever began first is fenced, stops, and says so (F37)', async () => {
    const first = await (await deployment.addAggregator()).ready();
    let stray: Awaited<ReturnType<typeof startStray>> | undefined;
    await deployment.underLoad(async () => {
      const started = (stray = await startStray());
      expect(await first.problem('PartitionLost', FENCED_MS)).toContain('"isReady":false');
      expect(started.aggregator.health().problems).toEqual([]);
      // As a supervisor does it: the next start takes everything back, and now the stray is the one that was fenced.
      await deployment.removeAggregator('SIGTERM', first);
      await (await deployment.addAggregator()).ready();
      await eventually('the fence', () => started.world.faults.length > 0, FENCED_MS);
      expect([started.world.faults, started.aggregator.health().isReady]).toEqual([['PartitionLost'], false]);
    });
    await stray?.stop();
    expect(await deployment.differences()).toEqual([]);
    expect(deployment.aggregators.map(({ isRunning }) => isRunning)).toEqual([true]);
  });
});
