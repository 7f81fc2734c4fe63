import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StandInServer } from '../support/eventstoredb/stand-in-server.js';
import { backfill, runApp } from '../support/run-app.js';
import { SampleFigures, SAMPLES } from '../support/sample-figures.js';
import { makeDataDir, removeDataDir, startStandalone, type StandaloneProcess } from '../support/standalone.js';

const TIMEOUT_MS = 300_000;
const NAME = 'servegen_day';
const KILLS = 4;
/** Appends to accounts that each life of the server takes before it is killed. */
const APPENDS_PER_LIFE = 10;

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
  }, TIMEOUT_MS);

  afterAll(async () => {
    await app.end();
    await server.stop();
    await removeDataDir(dataDir);
  }, TIMEOUT_MS);

  const load = (): Promise<string> => backfill(app.url, sample.file, ['--type', 'llm.completion', '--source', NAME]);
  const appends = async (): Promise<number> => (await server.calls())['append'] ?? 0;

  it(
    'gives every figure exactly (I1, I2, I3, I8)',
    async () => {
      const ended = new AbortController();
      const loading = load().finally(() => ended.abort());
      // Its failure is told when it is waited for, below.
      loading.catch(() => undefined);
      for (let kill = 0; kill < KILLS; kill += 1) {
        const before = await appends();
        while (!ended.signal.aborted && (await appends()) < before + APPENDS_PER_LIFE) await sleep(20);
        expect([kill, ended.signal.aborted]).toEqual([kill, false]);
        await server.kill();
        await sleep(500);
        await server.startAgain();
      }
      expect(await loading).toContain(`${sample.totals.rows} events of ${sample.totals.distinct.org} organisations`);
      expect(await sample.figuresAt(app.client)).toEqual(sample.expected);
    },
    TIMEOUT_MS,
  );

  it(
    'changes nothing when it is loaded again, and is proven from the streams',
    async () => {
      await load();
      expect(await sample.figuresAt(app.client)).toEqual(sample.expected);
      const env = { CREDITFOLD_DATA_DIR: dataDir, KURRENTDB_URL: server.url };
      const { code, stdout } = await runApp('replay', ['verify', '--json'], env);
      expect([code, JSON.parse(stdout)]).toMatchObject([0, { counts: { usageEvents: sample.totals.rows } }]);
    },
    TIMEOUT_MS,
  );
});
