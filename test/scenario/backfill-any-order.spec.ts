import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { poolOf, usageOf } from '../support/figures.js';
import { backfill } from '../support/run-app.js';
import { makeDataDir, removeDataDir, startStandalone } from '../support/standalone.js';
import type { StandaloneProcess } from '../support/standalone.js';

const DAYS = 365;

/** A year of two organisations, twice a day; tokens grow so that the graduated price reaches its second tier. */
function yearOfRows(): readonly string[] {
  const start = Date.UTC(2025, 0, 1);
  return Array.from({ length: DAYS * 2 }, (_, index) => {
    const time = new Date(start + index * 43_200_000).toISOString();
    return `r-${index},${time},${index % 3 === 0 ? 'acme' : 'globex'},large,${20_000 + index * 10},100`;
  });
}

/** The same shuffle on every run: rows i × 7 modulo their number, which 7 does not divide. */
const shuffled = (rows: readonly string[]): string[] => rows.map((_, index) => rows[(index * 7) % rows.length] ?? '');

describe('a year in one file, its rows in any order', () => {
  let scratch: string;
  const apps: StandaloneProcess[] = [];

  async function figuresOf(rows: readonly string[], name: string): Promise<unknown> {
    const file = join(scratch, name);
    await writeFile(file, `id,time,org,model,input_tokens,output_tokens\n${rows.join('\n')}\n`);
    const app = await startStandalone({ dataDir: await makeDataDir() });
    apps.push(app);
    await backfill(app.url, file, ['--type', 'llm.completion']);
    const organisations = ['acme', 'globex'];
    const found = organisations.map(async (each) => {
      const summaries = await app.client.get(`/v1/organisations/${each}/monthly-summaries?limit=50`);
      const { items } = summaries.json() as { readonly items: readonly object[] };
      return { usage: await usageOf(app.client, each, 'meter'), pool: (await poolOf(app.client, each)).balance, items };
    });
    return Promise.all(found);
  }

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'year-'));
  });

  afterAll(async () => {
    for (const app of apps) {
      await app.end();
      await removeDataDir(app.dataDir);
    }
    await rm(scratch, { recursive: true });
  });

  it('gives the figures of the sorted file, month by month', async () => {
    const rows = yearOfRows();
    const sorted = await figuresOf(rows, 'sorted.csv');
    expect(sorted).toMatchObject([{ items: { length: 12 } }, { items: { length: 12 } }]);
    expect(await figuresOf(shuffled(rows), 'shuffled.csv')).toEqual(sorted);
  });
});
