import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { EventStoreUnavailable, NO_STREAM, PostgresEventStore, START } from '@app/event-store';
import type { StreamAppend } from '@app/event-store';
import { eventStoreContract } from '@app/event-store/testing';
import { createPool } from '@app/postgres';
import { startTestPostgres } from '@app/postgres/testing';
import type { TestPostgres } from '@app/postgres/testing';

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(async () => server.stop());

const appendTo = (stream: string, expectedRevision = NO_STREAM): StreamAppend => ({
  stream,
  expectedRevision,
  events: [{ id: randomUUID(), type: 'Noted', data: new Uint8Array([1, 2, 3]) }],
});

eventStoreContract('PostgresEventStore', async () =>
  PostgresEventStore.connect({ url: await server.createDatabase() }),
);

describe('PostgresEventStore', () => {
  it('never lets a reader pass a commit that is still under way (F36)', async () => {
    const url = await server.createDatabase();
    const store = await PostgresEventStore.connect({ url, poolMax: 8 });
    const pool = createPool(url, { applicationName: 'test' });
    await pool.query(`create function dawdle() returns trigger language plpgsql as
      $$ begin perform pg_sleep(random() * 0.05); return null; end $$`);
    await pool.query(`create constraint trigger dawdle after insert on creditfold_events.events
      deferrable initially deferred for each row execute function dawdle()`);
    const writing = Promise.all(Array.from({ length: 24 }, (_, nth) => store.append([appendTo(`slow-${nth}`)])));
    const seen: bigint[] = [];
    for (let after = START; seen.length < 24;) {
      const page = await store.readAll({ after, maxCount: 100 });
      seen.push(...page.events.map(({ position }) => position.commit));
      after = page.position;
    }
    await writing;
    expect(seen).toEqual(Array.from({ length: 24 }, (_, nth) => BigInt(nth + 1)));
    await store.close();
    await pool.end();
  });

  it('says that it is unavailable when the outcome of an append is unknown, and a retry finds out (F7)', async () => {
    const url = await server.createDatabase();
    const store = await PostgresEventStore.connect({ url });
    const pool = createPool(url, { applicationName: 'test' });
    await pool.query(`create function die() returns trigger language plpgsql as
      $$ begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(5); return null; end $$`);
    await pool.query(`create constraint trigger die after insert on creditfold_events.events
      deferrable initially deferred for each row execute function die()`);
    const append = appendTo('account-a');
    await expect(store.append([append])).rejects.toBeInstanceOf(EventStoreUnavailable);
    await pool.query('drop trigger die on creditfold_events.events');
    const first = await store.append([append]);
    expect(first).toMatchObject([{ kind: 'appended', revision: 0n }]);
    expect(await store.append([append])).toEqual(first);
    await store.close();
    await pool.end();
  });

  it.each([
    ['update', `update creditfold_events.events set data = ''`],
    ['delete', 'delete from creditfold_events.events'],
    ['truncate', 'truncate creditfold_events.events'],
    ['rename of a stream', `update creditfold_events.streams set name = 'other'`],
  ])('is append-only: refuses an %s', async (_name, statement) => {
    const url = await server.createDatabase();
    const store = await PostgresEventStore.connect({ url });
    await store.append([appendTo('account-a')]);
    const pool = createPool(url, { applicationName: 'test' });
    await expect(pool.query(statement)).rejects.toThrow('append-only');
    await pool.end();
    await store.close();
  });
});
