import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { backfill, runApp } from '../support/run-app.js';
import { nanosOf, poolOf, usageOf } from '../support/figures.js';
import type { UsageItem } from '../support/figures.js';
import { makeDataDir, removeDataDir, startStandalone } from '../support/standalone.js';
import type { StandaloneProcess } from '../support/standalone.js';

const SAMPLES = process.env['CREDITFOLD_SAMPLES'] ?? '../shared/data';
const TIMEOUT_MS = 300_000;

interface ExpectedLine {
  readonly org: string;
  readonly meter: string;
  readonly model: string;
  readonly events: number;
  readonly quantity: string;
  readonly credits: string;
}

interface Expected {
  readonly distinct: number;
  readonly organisations: Readonly<Record<string, { readonly used: string; readonly balance: string }>>;
  readonly lines: readonly ExpectedLine[];
}

interface Totals {
  readonly rows: number;
  readonly distinct: { readonly org: number };
  readonly sum: Readonly<Record<string, number>>;
}

const read = (file: string): unknown => JSON.parse(readFileSync(join(SAMPLES, file), 'utf8'));

/** Figures of one meter and model over all months, as the expected lines have them. */
function lineOf(organisation: string, items: readonly UsageItem[]): ReadonlyMap<string, bigint[]> {
  const lines = new Map<string, bigint[]>();
  for (const { group, events, quantity, credits } of items) {
    const key = [organisation, group['meter'], group['model']].join(' ');
    const [e = 0n, q = 0n, c = 0n] = lines.get(key) ?? [];
    lines.set(key, [e + BigInt(events), q + nanosOf(quantity), c + nanosOf(credits)]);
  }
  return lines;
}

describe.each(['servegen_day', 'azure_llm_2023'])('%s through the real commands', (name) => {
  const expected = read(`${name}.credits.json`) as Expected;
  const totals = read(`${name}.totals.json`) as Totals;
  const wanted = new Map(
    expected.lines.map(({ org, meter, model, events, quantity, credits }) => [
      `${org} ${meter} ${model}`,
      [BigInt(events), nanosOf(quantity), nanosOf(credits)],
    ]),
  );
  let dataDir: string;
  let app: StandaloneProcess;

  const load = () =>
    backfill(app.url, join(SAMPLES, `${name}.events.csv.gz`), ['--type', 'llm.completion', '--source', name]);

  async function expectEveryFigure(): Promise<void> {
    const lines = new Map<string, bigint[]>();
    const used = new Map<string, readonly string[]>();
    for (const organisation of Object.keys(expected.organisations)) {
      for (const line of lineOf(organisation, await usageOf(app.client, organisation, 'meter,model')))
        lines.set(...line);
      const pool = await poolOf(app.client, organisation);
      used.set(organisation, [pool.used, pool.balance]);
    }
    expect(lines).toEqual(wanted);
    expect(Object.fromEntries(used)).toEqual(
      Object.fromEntries(Object.entries(expected.organisations).map(([org, each]) => [org, [each.used, each.balance]])),
    );
    const summed = (field: string): bigint => {
      const meter = field.replaceAll('_', '-');
      return [...lines].filter(([key]) => key.split(' ')[1] === meter).reduce((sum, [, [, q = 0n]]) => sum + q, 0n);
    };
    for (const [field, sum] of Object.entries(totals.sum))
      expect([field, summed(field)]).toEqual([field, nanosOf(String(sum))]);
  }

  beforeAll(async () => {
    dataDir = await makeDataDir();
    app = await startStandalone({ dataDir, catalog: join(SAMPLES, 'catalog.json') });
  }, TIMEOUT_MS);

  afterAll(async () => {
    await app.end();
    await removeDataDir(dataDir);
  }, TIMEOUT_MS);

  it(
    'gives every figure exactly',
    async () => {
      expect(await load()).toContain(`${totals.rows} events of ${totals.distinct.org} organisations sent`);
      await expectEveryFigure();
    },
    TIMEOUT_MS,
  );

  it(
    'changes nothing when it is loaded again',
    async () => {
      expect(await load()).toContain(`${totals.rows} events`);
      await expectEveryFigure();
    },
    TIMEOUT_MS,
  );

  it(
    'is proven from the streams',
    async () => {
      const { code, stderr } = await runApp('replay', ['verify'], { CREDITFOLD_DATA_DIR: dataDir });
      expect([code, stderr]).toEqual([0, expect.any(String)]);
    },
    TIMEOUT_MS,
  );

  it(
    'is the same after a restart',
    async () => {
      await app.end();
      app = await startStandalone({ dataDir, catalog: join(SAMPLES, 'catalog.json') });
      expect(app.output).toContain('Creditfold is ready');
      await expectEveryFigure();
    },
    TIMEOUT_MS,
  );
});
