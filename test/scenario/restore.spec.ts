import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { StandInServer } from '../support/eventstoredb/stand-in-server.js';
import { poolOf, usageOf } from '../support/figures.js';
import { backfill, runApp } from '../support/run-app.js';
import { drained, startStandalone, type StandaloneProcess } from '../support/standalone.js';
import { ORGANISATIONS, writeUsageFile } from '../support/usage-file.js';

const EVENTS = 900;

interface LedgerPage {
  readonly items: readonly { readonly recordedAt: string }[];
}

/** Without the moment at which the store took an event: it is the store's own. */
async function ledgerOf({ client }: StandaloneProcess, organisation: string): Promise<unknown> {
  const { items } = (await client.get(`/v1/organisations/${organisation}/ledger`)).json() as LedgerPage;
  return items.map((entry) => ({ ...entry, recordedAt: null }));
}

/** What people see of the accounts. */
async function picture(app: StandaloneProcess): Promise<unknown> {
  await drained(app.client);
  const seen = ORGANISATIONS.map(async (organisation) => ({
    organisation,
    pool: await poolOf(app.client, organisation),
    usage: await usageOf(app.client, organisation, 'meter,model'),
    ledger: await ledgerOf(app, organisation),
  }));
  return Promise.all(seen);
}

describe('what is lost and restored, with streams in KurrentDB', () => {
  let server: StandInServer;
  let postgres: TestPostgres;
  let scratch: string;
  let backup: string;
  let databaseUrl: string;
  const started: StandaloneProcess[] = [];
  beforeAll(async () => {
    server = await StandInServer.start();
    postgres = await startTestPostgres();
    scratch = await mkdtemp(join(tmpdir(), 'restore-'));
    backup = join(scratch, 'backup');
    databaseUrl = await postgres.createDatabase();
  });
  afterAll(async () => {
    await Promise.all(started.map((app) => app.end('SIGKILL')));
    await server.stop();
    await postgres.stop();
    await rm(scratch, { recursive: true });
  });

  const start = async (env: Readonly<Record<string, string>>): Promise<StandaloneProcess> => {
    const app = await startStandalone({ dataDir: join(scratch, 'data'), env: { KURRENTDB_URL: server.url, ...env } });
    started.push(app);
    return app;
  };
  const load = async (to: StandaloneProcess, from: number): Promise<void> => {
    const file = join(scratch, `usage-${from}.ndjson`);
    await writeUsageFile(file, { events: EVENTS, from });
    await backfill(to.url, file);
  };
  const proven = async (database: string): Promise<unknown> => {
    const env = { DATABASE_URL: database, KURRENTDB_URL: server.url };
    const { code, stdout } = await runApp('replay', ['verify', '--json'], env);
    return [code, (JSON.parse(stdout) as { readonly counts: { readonly usageEvents: number } }).counts.usageEvents];
  };

  it('F45: the store restored to an earlier point, with feed and read models ahead, is folded up to them again', async () => {
    const before = await start({ DATABASE_URL: databaseUrl });
    await load(before, 0);
    await before.end();
    await server.kill();
    await server.backUpTo(backup);
    await server.startAgain();

    const ahead = await start({ DATABASE_URL: databaseUrl });
    await load(ahead, EVENTS);
    const expected = await picture(ahead);
    await ahead.end();
    await server.kill();
    await server.restoreFrom(backup);
    await server.startAgain();

    const restored = await start({ DATABASE_URL: databaseUrl });
    expect(await picture(restored)).toEqual(expected);
    await restored.end();
    expect(await proven(databaseUrl)).toEqual([0, 2 * EVENTS]);
  });

  it('I6: the streams are all that has to be kept: on an empty Postgres everything is there again', async () => {
    const before = await start({ DATABASE_URL: databaseUrl });
    const expected = await picture(before);
    await before.end();
    await server.kill();
    await rm(backup, { recursive: true });
    await server.backUpTo(backup);
    await server.restoreFrom(backup);
    await server.startAgain();

    // The embedded feed went with the old Postgres: what comes now comes by another topic.
    const empty = await postgres.createDatabase();
    const anew = await start({ DATABASE_URL: empty, CREDITFOLD_TOPIC: 'usage.v2' });
    expect(await picture(anew)).toEqual(expected);
    await load(anew, 2 * EVENTS);
    await drained(anew.client);
    await anew.end();
    expect(await proven(empty)).toEqual([0, 3 * EVENTS]);
  });
});
