import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from '../support/eventually.js';
import { faultMs } from '../support/fault-ms.js';
import { drained } from '../support/standalone.js';
import { ConnectionHog } from '../support/postgres/connection-hog.js';
import { DeploymentOnPostgres } from '../support/postgres/deployment-on-postgres.js';

const STATEMENT_TIMEOUT_MS = 2_000;
const IDLE_IN_TRANSACTION_MS = 4_000;
/** Every third statement on each of these fails: streams, feed, read models. */
const TABLES = ['creditfold_events.events', 'creditfold_feed.record_batches', 'creditfold_reads.generations'];
const STATEMENTS = 60;
const DEADLOCKS = 'select sum(deadlocks) from pg_stat_database';
const QUERIES = 200;

describe('a Postgres that is there and refuses', () => {
  let deployment: DeploymentOnPostgres;
  let pool: pg.Pool;
  beforeAll(async () => {
    deployment = await DeploymentOnPostgres.start({
      settings: { max_connections: '80', idle_in_transaction_session_timeout: `${IDLE_IN_TRANSACTION_MS}` },
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    });
    pool = new pg.Pool({ connectionString: deployment.postgres.url });
    // Its connections are ended on purpose, too.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
  });
  afterAll(async () => {
    await pool.end();
    await deployment.stop();
  });

  /** As somebody with `psql` does: a transaction that is left open while the rest goes on. */
  const inTransaction = async (statement: string, during: (client: pg.PoolClient) => Promise<void>): Promise<void> => {
    const client = await pool.connect();
    try {
      await client.query(`begin; ${statement}`);
      await during(client);
    } finally {
      client.release(true);
    }
  };
  const numberOf = async (statement: string): Promise<number> => {
    const { rows } = await pool.query<{ n: string }>(`select (${statement})::text as n`);
    return Number(rows[0]?.n);
  };

  it('I1-I4: every third append, publication and checkpoint fails as not serializable or as a deadlock (F8)', async () => {
    await pool.query(`create sequence passes;
        create function fail_every_third() returns trigger language plpgsql as $$
        declare nth bigint := nextval('public.passes');
        begin
          if nth % 3 = 0 then
            raise exception 'injected' using errcode = case when nth % 2 = 0 then '40001' else '40P01' end;
          end if;
          return null;
        end $$`);
    for (const table of TABLES)
      await pool.query(`create trigger fail_every_third after insert or update on ${table}
          for each statement execute function fail_every_third()`);
    await deployment.underLoad(() =>
      eventually('enough has failed', async () => (await numberOf('select last_value from passes')) > STATEMENTS),
    );
    for (const table of TABLES) await pool.query(`drop trigger fail_every_third on ${table}`);
    expect(await deployment.figures()).toEqual(deployment.figuresDue);
  });

  it('I8: a deadlock that the server finds itself is tried again (F8)', async () => {
    const before = await numberOf(DEADLOCKS);
    // Ours is the patient side: the server ends the projector's transaction, which holds its lease.
    const holding = `set local deadlock_timeout = '60s'; select from creditfold_reads.generations for update`;
    const waiting = `select count(*) from pg_stat_activity
        where wait_event_type = 'Lock' and query like '%creditfold_reads.generations%'`;
    const meet = (): Promise<void> =>
      inTransaction(holding, async (client) => {
        await eventually('the projector waits', async () => (await numberOf(waiting)) > 0);
        await client.query('select from creditfold_leases.leases for update');
      });
    await deployment.underLoad(() =>
      // A wait that had begun a second before is looked at no more: then they meet again.
      eventually('a deadlock', async () => {
        await meet();
        return (await numberOf(DEADLOCKS)) > before;
      }),
    );
    expect(await deployment.figures()).toEqual(deployment.figuresDue);
  });

  it('I8: too many connections: nobody gets one, until there are some again (F9)', async () => {
    await deployment.underLoad(async () => {
      const hog = await ConnectionHog.takeAll(deployment.postgres.url);
      await eventually('health is red', async () => (await deployment.client.get('/health/ready')).status === 503);
      await eventually('nobody is told 202', () => deployment.lastStatuses.every((status) => status === 503));
      await sleep(faultMs(20_000, 2_000));
      await hog.release();
    });
    expect(await deployment.figures()).toEqual(deployment.figuresDue);
  });

  it('I8: statements that time out, and pools with nothing left to give, are waited for (F9)', async () => {
    await deployment.underLoad(async () => {
      const locked = `set local idle_in_transaction_session_timeout = 0;
          lock table creditfold_events.heads, creditfold_reads.generations in access exclusive mode`;
      await inTransaction(locked, async () => {
        // More than the pool answers within the time that a connection of it is waited for.
        const path = '/v1/organisations/acme/balance';
        const answers = await Promise.all(Array.from({ length: QUERIES }, () => deployment.client.get(path)));
        expect([...new Set(answers.map(({ status }) => status))]).toEqual([503]);
      });
    });
    expect(await deployment.figures()).toEqual(deployment.figuresDue);
  });

  it('a session that is idle in its transaction, with an old snapshot, holds up nothing (F35)', async () => {
    const old = `set transaction isolation level repeatable read;
        set local idle_in_transaction_session_timeout = 0; select count(*) from creditfold_events.events`;
    await inTransaction(old, async () => {
      // Everything is decided and in the read models while it is still open.
      await deployment.underLoad(() => Promise.resolve());
    });
    expect(await deployment.figures()).toEqual(deployment.figuresDue);
  });

  it('one that holds a lock on read models is ended by the server, and they go on by themselves (F35)', async () => {
    await inTransaction('lock table creditfold_accounts_1.accounts in share mode', async () => {
      await deployment.underLoad(() => Promise.resolve());
    });
    await drained(deployment.client);
    expect(await deployment.figures()).toEqual(deployment.figuresDue);
  });

  it('I1-I5, I7, I13: the auditor proves all that happened here, and every row of the read models', async () =>
    expect(await deployment.verified()).toMatchObject({ code: 0 }));
});
