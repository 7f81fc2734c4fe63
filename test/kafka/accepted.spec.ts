import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { feedEvents, feedStream, type FeedEvent } from '@app/accounts';
import { openEventStore } from '@app/event-store';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { eventually } from '../support/eventually.js';
import type { AppProcess } from '../support/kafka/app-process.js';
import { Deployment } from '../support/kafka/deployment.js';
import { testBrokers } from '../support/kafka/kafka-under-test.js';
import { runApp } from '../support/run-app.js';

const PARTITIONS = 3;
const RED_MS = 60_000;
const OPERATOR = 'ops@example.com';
const REASON = 'as announced on Monday';

describe('what an operator accepts after an alarm', () => {
  let postgres: TestPostgres;
  let deployment: Deployment;
  let databaseUrl: string;
  beforeAll(async () => {
    postgres = await startTestPostgres();
    databaseUrl = await postgres.createDatabase();
    deployment = await Deployment.start({ brokers: testBrokers().join(','), databaseUrl, partitions: PARTITIONS });
  });
  afterAll(async () => {
    await deployment.stop();
    await postgres.stop();
  });
  beforeEach(async () => {
    await (await deployment.addAggregator()).ready();
    await deployment.send(deployment.usage.make(300));
    await deployment.drained();
  });

  /** Red with the reason, then out; answers the arguments of the command that it says to run. */
  const stopped = async (aggregator: AppProcess, command: string): Promise<string> => {
    const health = await aggregator.problem(command, RED_MS);
    expect(health).toContain('"isReady":false');
    const { code, output } = await aggregator.ended;
    deployment.forget(aggregator);
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining(command) });
    const found = /`npm run replay -- (accept-[^`]+)`/.exec(health)?.[1];
    if (found === undefined) throw new Error(`no command in ${health}`);
    return found;
  };
  const run = async (command: string): Promise<string> => {
    const args = command.split(' ').map((word) => ({ NAME: OPERATOR, WHY: REASON })[word] ?? word);
    const { code, stdout, stderr } = await runApp('replay', args, deployment.env);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return stdout;
  };
  const eventsOf = async (generation: number, partition: number): Promise<readonly FeedEvent[]> => {
    const { store } = await openEventStore({ databaseUrl });
    const stream = feedStream({ topic: deployment.topic, generation, partition });
    const stored = await store.readStream(stream, { maxCount: 1_000 });
    await store.close();
    return stored.map((each) => feedEvents.decode(each).event);
  };

  it('I3, I7, I11: records below the log, given up by the command that the alarm names (F16)', async () => {
    const { admin, topic } = deployment;
    await deployment.removeAll();
    await deployment.sendRaw(['lost', 'lost too'].map((value) => ({ key: 'acme', value, partition: 0 })));
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '-1' }] });
    await deployment.send(deployment.usage.make(100));
    const command = await stopped(await deployment.addAggregator(), 'accept-gap');
    const [, from = '', to = ''] = /--from (\d+) --to (\d+)/.exec(command) ?? [];
    expect(Number(to) - Number(from)).toBe(2);
    expect(await run(command)).toContain(`${topic}/0: offsets ${from} to ${Number(to) - 1} are accepted as lost`);
    await (await deployment.addAggregator()).ready();
    expect(await deployment.differences()).toEqual([]);
    const accepted = (await eventsOf(0, 0)).find(({ type }) => type === 'FeedGapAccepted');
    expect(accepted).toMatchObject({ fromOffset: BigInt(from), toOffset: BigInt(to), actor: OPERATOR, reason: REASON });
    // Once accepted, it is no gap any more.
    const again = await runApp('replay', command.split(' '), deployment.env);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('NotAccepted') });
    await deployment.removeAll();
  });

  it('I2, I3, I7, I11: a topic created anew, accepted as a new generation (F30)', async () => {
    const { admin, topic } = deployment;
    const [aggregator] = deployment.aggregators;
    if (aggregator === undefined) throw new Error('there is no aggregator');
    const repeated = deployment.usage.make(200);
    await deployment.send(repeated);
    await deployment.drained();
    await admin.deleteTopics({ topics: [topic] });
    await eventually('it is gone', async () => !(await admin.listTopics()).includes(topic));
    await deployment.createTopic(PARTITIONS);
    await deployment.send(repeated);
    await deployment.send(deployment.usage.make(200));
    const command = await stopped(aggregator, 'accept-topic');
    // Started again as it is, it stops again: nothing is decided before somebody has said so.
    await stopped(await deployment.addAggregator(), 'accept-topic');
    expect(await run(command)).toContain(`${topic}: generation 1 begins`);
    await (await deployment.addAggregator()).ready();
    expect(await deployment.differences()).toEqual([]);
    const started = (await eventsOf(1, 0)).find(({ type }) => type === 'FeedGenerationStarted');
    expect(started).toMatchObject({ actor: OPERATOR, reason: REASON });
  });
});
