import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { StandInServer } from '../support/eventstoredb/stand-in-server.js';
import { poolOf, usageOf } from '../support/figures.js';
import { backfill, runApp } from '../support/run-app.js';
import { makeDataDir, removeDataDir, startStandalone, type StandaloneProcess } from '../support/standalone.js';
import { ORGANISATIONS, writeUsageFile } from '../support/usage-file.js';

const EVENTS = 3_000;
const KILLS = 3;
describe('streams in KurrentDB', () => {
  let server: StandInServer;
  let postgres: TestPostgres;
  let dataDir: string;
  let scratch: string;
  let app: StandaloneProcess | undefined;
  beforeAll(async () => {
    server = await StandInServer.start();
    postgres = await startTestPostgres();
    dataDir = await makeDataDir();
    scratch = await mkdtemp(join(tmpdir(), 'usage-'));
  });
  afterAll(async () => {
    await app?.end('SIGKILL');
    await server.stop();
    await postgres.stop();
    await removeDataDir(dataDir);
    await rm(scratch, { recursive: true });
  });

  it('I1, I2, I6: a file twice, while the server is killed and comes back, is charged once and proven', async () => {
    const file = join(scratch, 'usage.ndjson');
    await writeUsageFile(file, { events: EVENTS });
    app = await startStandalone({ dataDir, env: { KURRENTDB_URL: server.url } });
    const { url } = app;
    const loading = (async () => {
      await backfill(url, file);
      await backfill(url, file);
    })();
    // Its failure is told when it is waited for, below.
    loading.catch(() => undefined);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await sleep(300 + kill * 400);
      await server.kill();
      await sleep(300);
      await server.startAgain();
    }
    await loading;
    for (const organisation of ORGANISATIONS) {
      const requests = (await usageOf(app.client, organisation, 'meter')).find(
        ({ group }) => group['meter'] === 'requests',
      );
      expect([organisation, requests?.events]).toEqual([organisation, EVENTS / ORGANISATIONS.length]);
      expect((await poolOf(app.client, organisation)).used).toBe('101');
    }
    const env = { CREDITFOLD_DATA_DIR: dataDir, KURRENTDB_URL: server.url };
    const beside = await runApp('replay', ['verify', '--json'], env);
    expect([beside.code, JSON.parse(beside.stdout)]).toMatchObject([0, { counts: { usageEvents: EVENTS } }]);
    expect((await app.end()).code).toBe(0);
  });

  it('move to Postgres: copied, the same once more, rebuilt and proven; other streams are refused', async () => {
    const from = { CREDITFOLD_DATA_DIR: dataDir, KURRENTDB_URL: server.url };
    const url = await postgres.createDatabase();
    const first = await runApp('replay', ['copy', '--to', url, '--json'], from);
    expect([first.code, first.stderr]).toEqual([0, '']);
    const report = JSON.parse(first.stdout) as { readonly events: number };
    expect(report).toMatchObject({ isProven: true, alreadyThere: 0, differences: [] });
    const again = await runApp('replay', ['copy', '--to', url, '--json'], from);
    expect(JSON.parse(again.stdout)).toMatchObject({ isProven: true, events: report.events });
    const target = { DATABASE_URL: url };
    expect(await runApp('replay', ['rebuild'], target)).toMatchObject({ code: 0 });
    expect(await runApp('replay', ['verify'], target)).toMatchObject({ code: 0 });

    const other = await StandInServer.start();
    try {
      const elsewhere = await makeDataDir();
      await (await startStandalone({ dataDir: elsewhere, env: { KURRENTDB_URL: other.url } })).end();
      await removeDataDir(elsewhere);
      const refused = await runApp('replay', ['copy', '--to', other.url], target);
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('CopyConflict') });
    } finally {
      await other.stop();
    }
  });
});
