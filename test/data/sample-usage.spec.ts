import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { backfill, runApp } from '../support/run-app.js';
import { SampleFigures, SAMPLES } from '../support/sample-figures.js';
import { makeDataDir, removeDataDir, startStandalone } from '../support/standalone.js';
import type { StandaloneProcess } from '../support/standalone.js';

describe.each(['servegen_day', 'azure_llm_2023'])('%s through the real commands', (name) => {
  const sample = new SampleFigures(name);
  const { totals } = sample;
  let dataDir: string;
  let app: StandaloneProcess;

  const load = () => backfill(app.url, sample.file, ['--type', 'llm.completion', '--source', name]);

  beforeAll(async () => {
    dataDir = await makeDataDir();
    app = await startStandalone({ dataDir, catalog: join(SAMPLES, 'catalog.json') });
  });

  afterAll(async () => {
    await app.end();
    await removeDataDir(dataDir);
  });

  it('gives every figure exactly', async () => {
    expect(await load()).toContain(`${totals.rows} events of ${totals.distinct.org} organisations sent`);
    expect(await sample.figuresAt(app.client)).toEqual(sample.expected);
  });

  it('changes nothing when it is loaded again', async () => {
    expect(await load()).toContain(`${totals.rows} events`);
    expect(await sample.figuresAt(app.client)).toEqual(sample.expected);
  });

  it('is proven from the streams', async () => {
    const { code, stderr } = await runApp('replay', ['verify'], { CREDITFOLD_DATA_DIR: dataDir });
    expect([code, stderr]).toEqual([0, expect.any(String)]);
  });

  it('is the same after a restart', async () => {
    await app.end();
    app = await startStandalone({ dataDir, catalog: join(SAMPLES, 'catalog.json') });
    // It answers a moment before it says so.
    await eventually('it greets', () => app.output.includes('Creditfold is ready'));
    expect(await sample.figuresAt(app.client)).toEqual(sample.expected);
  });
});
