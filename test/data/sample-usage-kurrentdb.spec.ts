import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StandInServer } from '../support/eventstoredb/stand-in-server.js';
import { backfill, runApp } from '../support/run-app.js';
import { SampleFigures, SAMPLES } from '../support/sample-figures.js';
import { makeDataDir, removeDataDir, startStandalone, type StandaloneProcess } from '../support/standalone.js';

const NAME = 'servegen_day';
const KILLS = 4;
/** It dies at the next append after so many of a life: in the middle of the load, however fast that goes. */
const DIES = { method: 'append', action: 'die', skip: 10 } as const;

describe('servegen_day with streams in KurrentDB, which is killed on the way', () => {
  const sample = new SampleFigures(NAME);
  let server: StandInServer;
  let dataDir: string;
  let app: StandaloneProcess;

  beforeAll(async () => {
    server = await StandInServer.start();
    dataDir = await makeDataDir();
    const env = { KURRENTDB_URL: server.url };
    app = await startStandalone({ dataDir, catalog: join(SAMPLES, 'catalog.json'), env });
  });

  afterAll(async () => {
    await app.end();
    await server.stop();
    await removeDataDir(dataDir);
  });

  const load = (): Promise<string> => backfill(app.url, sample.file, ['--type', 'llm.completion', '--source', NAME]);

  it('gives every figure exactly (I1, I2, I3, I8)', async () => {
    await server.plan(DIES);
    const loading = load();
    for (let kill = 1; kill <= KILLS; kill += 1) {
      // Else the load ended before its time, by its own failure or with too few appends.
      const death = server.ended().then(() => 'killed');
      expect([kill, await Promise.race([death, loading])]).toEqual([kill, 'killed']);
      await sleep(500);
      await server.startAgain(...(kill < KILLS ? [DIES] : []));
    }
    expect(await loading).toContain(`${sample.totals.rows} events of ${sample.totals.distinct.org} organisations`);
    expect(await sample.figuresAt(app.client)).toEqual(sample.expected);
  });

  it('changes nothing when it is loaded again, and is proven from the streams', async () => {
    await load();
    expect(await sample.figuresAt(app.client)).toEqual(sample.expected);
    const env = { CREDITFOLD_DATA_DIR: dataDir, KURRENTDB_URL: server.url };
    const { code, stdout } = await runApp('replay', ['verify', '--json'], env);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { counts: { usageEvents: sample.totals.rows } }]);
  });
});
