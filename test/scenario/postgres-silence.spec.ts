import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable, PostgresEventStore } from '@app/event-store';
import { createPool, isConnectionLost, UnknownOutcome, withTransaction } from '@app/postgres';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { FeedUnavailable, openUsageFeed } from '@app/usage-feed';
import { CollectingHandler } from '@app/usage-feed/testing';
import { appendTo } from '../support/eventstoredb/noted.js';
import { eventually } from '../support/eventually.js';
import { faultMs } from '../support/fault-ms.js';
import { DeploymentOnPostgres } from '../support/postgres/deployment-on-postgres.js';
import { FaultyProxy } from '../support/postgres/faulty-proxy.js';

/** Long beside any statement of the test, on a busy machine too. */
const STATEMENT_TIMEOUT_MS = 3_000;
const TOPIC = 'usage.v1';
const RECORDS = 600;

const NOTHING = (): void => undefined;

const failureOf = (doing: Promise<unknown>): Promise<unknown> =>
  doing.then(
    () => 'it was answered',
    (error: unknown) => error,
  );

/** Nothing but our own time-outs can end this: no byte comes back and no end is told. */
describe('F42: connections to Postgres that go silent for ever', () => {
  let postgres: TestPostgres;
  let proxy: FaultyProxy;
  let url: string;
  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  beforeEach(async () => {
    proxy = await FaultyProxy.start(postgres.url);
    url = proxy.through(await postgres.createDatabase(), { statement_timeout: `${STATEMENT_TIMEOUT_MS}` });
  });
  afterEach(() => proxy.stop());
  afterAll(() => postgres.stop());

  /** Lets so many go on together, once the network is silent. */
  const whenSilent = (count: number): (() => Promise<void>) => {
    let waiting = 0;
    let goOn = NOTHING;
    const silent = new Promise<void>((resolve) => (goOn = resolve));
    return async () => {
      waiting += 1;
      if (waiting === count) {
        proxy.silence();
        goOn();
      }
      await silent;
    };
  };

  it('what waits for one fails as a lost connection does, and the pool gives none of them out again', async () => {
    const pool = createPool(url, { applicationName: 'test', max: 3 });
    await pool.query('create table notes (note text)');
    await Promise.all([1, 2, 3].map(() => pool.query('select pg_sleep(0.1)')));
    const silent = whenSilent(3);
    const committing = withTransaction(pool, async (client) => {
      await client.query(`insert into notes values ('of unknown outcome')`);
      await silent();
    });
    const writing = withTransaction(pool, async (client) => {
      await silent();
      await client.query(`insert into notes values ('lost')`);
    });
    const asking = silent().then(() => pool.query('select'));
    const [committed, wrote, asked] = await Promise.all([committing, writing, asking].map(failureOf));
    proxy.heal();

    expect(committed).toBeInstanceOf(UnknownOutcome);
    expect(isConnectionLost(wrote)).toBe(true);
    expect(isConnectionLost(asked)).toBe(true);
    const answers = await Promise.all([1, 2, 3].map((n) => pool.query('select $1::int as n', [n])));
    expect(answers.flatMap(({ rows }) => rows as unknown[])).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    await pool.end();
  });

  it('the stores say that they are unavailable, a reader waits, and all go on: nothing is lost, nothing doubled', async () => {
    const [store, feed] = [
      await PostgresEventStore.connect({ url }),
      await openUsageFeed({ databaseUrl: url }, { clientId: 'test' }),
    ];
    await feed.ensureTopics([{ topic: TOPIC, timestamps: 'append', partitions: 1 }]);
    const numbered = (from: number) =>
      Array.from({ length: RECORDS }, (_, n) => ({ key: null, value: Buffer.from(`${from + n}`) }));
    await feed.publish(TOPIC, numbered(0));
    const append = appendTo('account-a');
    await store.head();
    const handler = new CollectingHandler();
    const silent = whenSilent(3);
    // Within a backlog the next batch is being copied while this one is handled.
    handler.beforeBatch = () => (handler.batches.length === 2 ? silent() : Promise.resolve());
    const consumer = feed.consumer({ topics: [TOPIC], batchRecordsMax: 50, batchBytesMax: 1_000_000, idleMs: 1_000 });
    await consumer.start(handler);
    const appending = silent().then(() => store.append([append]));
    const publishing = silent().then(() => feed.publish(TOPIC, numbered(RECORDS)));
    const [appended, published] = await Promise.all([appending, publishing].map(failureOf));
    proxy.heal();

    expect(appended).toBeInstanceOf(EventStoreUnavailable);
    expect(published).toBeInstanceOf(FeedUnavailable);
    expect(await store.append([append])).toMatchObject([{ kind: 'appended', revision: 0n }]);
    await feed.publish(TOPIC, numbered(RECORDS));
    await eventually('all records', () => handler.records.length === 2 * RECORDS);
    expect(handler.values()).toEqual(Array.from({ length: 2 * RECORDS }, (_, n) => `${n}`));
    expect(handler.alarms).toEqual([]);
    await feed.close();
    await store.close();
  });

  it('I1-I4, I8: all processes go on by themselves after minutes of it under load, and no figure is wrong', async () => {
    const deployment = await DeploymentOnPostgres.start({ statementTimeoutMs: STATEMENT_TIMEOUT_MS });
    try {
      await deployment.underLoad(async () => {
        deployment.proxy.silence();
        // Answers that were on their way come before: what is asked from then on cannot be done.
        await eventually('nobody is told 202', () => deployment.lastStatuses.every((status) => status === 503));
        const { acknowledged } = deployment;
        await eventually('health is red', async () => (await deployment.client.get('/health/ready')).status === 503);
        await sleep(faultMs(10_000, 1_000));
        expect(deployment.acknowledged).toBe(acknowledged);
        deployment.proxy.heal();
      });
      expect(await deployment.figures()).toEqual(deployment.figuresDue);
      expect(await deployment.verified()).toMatchObject({ code: 0 });
    } finally {
      await deployment.stop();
    }
  });
});
