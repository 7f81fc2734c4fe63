import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, isTransient, readTexts } from '@app/postgres';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import type { Pool } from 'pg';

let server: TestPostgres;
let pool: Pool;
beforeAll(async () => {
  server = await startTestPostgres();
  pool = createPool(await server.createDatabase(), { applicationName: 'test', max: 1, statementTimeoutMs: 200 });
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

const NUMBERS = { name: 'numbers', text: 'select n, nullif(n, 2), $2::text from generate_series(1, $1::integer) n' };

describe('rows as texts', () => {
  it('have every column in order, and null where there is no value', async () => {
    for (const count of [0, 1, 3]) {
      const rows = await readTexts(pool, NUMBERS, [count, 'é']);
      expect(rows).toEqual(['1', '2', '3'].slice(0, count).map((n) => [n, n === '2' ? null : n, 'é']));
    }
  });

  it('of questions that come at once are told apart', async () => {
    const counts = [2, 0, 3, 1];
    const answers = await Promise.all(counts.map((count) => readTexts(pool, NUMBERS, [count, 'x'])));
    expect(answers.map(({ length }) => length)).toEqual(counts);
  });

  it.each([
    ['cannot be answered', { name: 'none', text: 'select 1 / $1::integer' }, [0], false],
    ['fails on the way', { name: 'late', text: 'select 1 / (3 - n) from generate_series(1, $1) n' }, [5], false],
    ['takes too long', { name: 'slow', text: 'select pg_sleep($1::integer)' }, [5], true],
  ])('reject when a statement %s, and the connection goes on', async (_what, statement, values, isToBeTriedAgain) => {
    const error = await readTexts(pool, statement, values).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(isTransient(error)).toBe(isToBeTriedAgain);
    expect(await readTexts(pool, NUMBERS, [1, 'x'])).toHaveLength(1);
  });
});
