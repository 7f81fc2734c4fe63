import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool, isTransient, migrate, SchemaTooNew, UnknownOutcome, withTransaction } from '@app/postgres';
import { startTestPostgres } from '@app/postgres/testing';
import type { TestPostgres } from '@app/postgres/testing';

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(async () => server.stop());

async function withPool<T>(url: string, fn: (pool: ReturnType<typeof createPool>) => Promise<T>): Promise<T> {
  const pool = createPool(url, { applicationName: 'test', max: 4 });
  try {
    return await fn(pool);
  } finally {
    await pool.end();
  }
}

describe('a pool', () => {
  it('reads int8 as bigint, beyond what a number holds', async () => {
    await withPool(server.url, async (pool) => {
      const { rows } = await pool.query<{ big: bigint; small: number }>('select 9007199254740993 as big, 1 as small');
      expect(rows).toEqual([{ big: 9007199254740993n, small: 1 }]);
    });
  });

  it('survives the death of its connections, idle and in use', async () => {
    await withPool(server.url, async (pool) => {
      const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
      await withPool(server.url, async (other) => {
        // With a time it answers when the connection is gone: one that dies later would take the next statement along.
        await other.query('select pg_terminate_backend($1, 60000)', [rows[0]?.pid]);
      });
      // The first use may still meet the dead connection, as an error of its own; the next one has a fresh connection.
      await pool.query('select 1').catch(() => undefined);
      const sleeping = pool.query(`select pg_sleep(60), 'to be ended'`).catch((error: unknown) => error);
      await withPool(server.url, async (other) => {
        for (let ended = 0; ended === 0;) {
          const found = await other.query(
            `select pg_terminate_backend(pid) from pg_stat_activity where query like '%to be ended%' and state = 'active' and pid <> pg_backend_pid()`,
          );
          ended = found.rowCount ?? 0;
        }
      });
      expect(isTransient(await sleeping)).toBe(true);
      expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    });
  });

  it('cancels a statement that runs too long, as a transient fault', async () => {
    const pool = createPool(server.url, { applicationName: 'test', max: 1, statementTimeoutMs: 2_000 });
    expect(isTransient(await pool.query('select pg_sleep(60)').catch((error: unknown) => error))).toBe(true);
    await pool.end();
  });
});

describe('withTransaction', () => {
  it('commits what resolves and keeps nothing of what throws', async () => {
    const url = await server.createDatabase();
    await withPool(url, async (pool) => {
      await pool.query('create table notes (note text)');
      await withTransaction(pool, (client) => client.query(`insert into notes values ('kept')`));
      const failing = withTransaction(pool, async (client) => {
        await client.query(`insert into notes values ('dropped')`);
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow('changed my mind');
      expect((await pool.query('select note from notes')).rows).toEqual([{ note: 'kept' }]);
    });
  });

  it('does not pretend to have committed after a failed statement that was caught', async () => {
    await withPool(server.url, async (pool) => {
      const hiding = withTransaction(pool, async (client) => {
        await client.query('select 1 / 0').catch(() => undefined);
      });
      await expect(hiding).rejects.toThrow('rolled back');
    });
  });

  it('says that the outcome is unknown when the connection is lost during the commit', async () => {
    const url = await server.createDatabase();
    await withPool(url, async (pool) => {
      await pool.query('create table slow (id int)');
      await pool.query(`create function slow_commit() returns trigger language plpgsql as
        $$ begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(5); return null; end $$`);
      await pool.query(`create constraint trigger slow_commit after insert on slow
        deferrable initially deferred for each row execute function slow_commit()`);
      const committing = withTransaction(pool, (client) => client.query('insert into slow values (1)'));
      await expect(committing).rejects.toBeInstanceOf(UnknownOutcome);
      expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    });
  });
});

describe('migrate', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'migrations-'));
    await writeFile(join(directory, '0001_cups.sql'), 'create table cups (id int primary key);');
    await writeFile(join(directory, '0002_saucers.sql'), 'create table saucers (id int primary key);');
  });
  afterAll(async () => rm(directory, { recursive: true, force: true }));

  it('is safe when many start at once, per schema, and again', async () => {
    const url = await server.createDatabase();
    const schemas = ['kitchen', 'kitchen', 'parlour', 'kitchen', 'parlour'];
    await Promise.all(schemas.map((schema) => migrate(url, { directory, schema })));
    await migrate(url, { directory, schema: 'kitchen' });
    await withPool(url, async (pool) => {
      const { rows } = await pool.query(
        `select table_schema || '.' || table_name as name from information_schema.tables
         where table_schema in ('kitchen', 'parlour') and table_name <> 'migrations' order by 1`,
      );
      expect(rows.map((row: { name: string }) => row.name)).toEqual([
        'kitchen.cups',
        'kitchen.saucers',
        'parlour.cups',
        'parlour.saucers',
      ]);
    });
  });

  it('refuses a schema that a newer version wrote, and changes nothing', async () => {
    const url = await server.createDatabase();
    await migrate(url, { directory, schema: 'kitchen' });
    await withPool(url, (pool) =>
      pool.query(`insert into kitchen.migrations (name, run_on) values ('0003_teapots', now())`),
    );
    const refused = migrate(url, { directory, schema: 'kitchen' });
    await expect(refused).rejects.toBeInstanceOf(SchemaTooNew);
    await expect(refused).rejects.toMatchObject({
      code: 'SchemaTooNew',
      message: expect.stringContaining('0003_teapots'),
    });
  });

  it('keeps nothing of a migration that fails', async () => {
    const url = await server.createDatabase();
    const broken = await mkdtemp(join(tmpdir(), 'migrations-'));
    try {
      await writeFile(join(broken, '0001_cups.sql'), 'create table cups (id int);');
      await writeFile(join(broken, '0002_broken.sql'), 'create tabel saucers (id int);');
      await expect(migrate(url, { directory: broken, schema: 'kitchen' })).rejects.toThrow('tabel');
      await withPool(url, async (pool) => {
        expect((await pool.query(`select to_regclass('kitchen.cups') as found`)).rows).toEqual([{ found: null }]);
      });
    } finally {
      await rm(broken, { recursive: true, force: true });
    }
  });
});
