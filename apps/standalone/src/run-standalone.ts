import { resolve } from 'node:path';
import { eventStoreSettingsFrom, openEventStore } from '@app/event-store';
import { findAdminKey } from './admin-key.js';
import type { AdminKey } from './admin-key.js';
import { assertPortFree } from './assert-port-free.js';
import { endWhateverHangs } from './ending.js';
import type { Ending } from './ending.js';
import { greetingOf } from './greeting.js';
import { LIMITS } from './limits.js';
import { loadCatalog } from './load-catalog.js';
import { openDatabase } from './open-database.js';
import type { Database } from './open-database.js';
import type { StandaloneConfig } from './standalone-config.js';
import { Supervisor } from './supervisor.js';
import { workerEnvironment } from './worker-environment.js';

const entryOf = (part: string): URL => new URL(`./workers/${part}-worker.js`, import.meta.url);

/**
 * Everything in one process until it is wished to end, or a part of it fails. Resolves after a clean end.
 * @throws {StartRefused | CatalogRefused | EmbeddedPostgresError | PartFailed}
 */
export async function runStandalone(given: StandaloneConfig, ending: Ending): Promise<void> {
  const config = { ...given, CREDITFOLD_DATA_DIR: resolve(given.CREDITFOLD_DATA_DIR) };
  const database = await openUnlessEnding(config, ending);
  if (database === undefined) return;
  const supervisor = new Supervisor();
  try {
    const failure = await Promise.race([
      startParts(config, database, { supervisor, ending }),
      ending.wished.then(() => undefined),
      supervisor.failed,
      database.ended,
    ]);
    if (failure !== undefined) throw failure;
  } finally {
    await endCleanly(database, supervisor);
  }
}

/** The same Ctrl-C reaches what makes a new cluster, too: that it did not come to an end is then no fault. */
async function openUnlessEnding(config: StandaloneConfig, ending: Ending): Promise<Database | undefined> {
  try {
    return await openDatabase(config);
  } catch (error) {
    if (ending.isWished) return undefined;
    throw error;
  }
}

/** Resolves only by the end of the process: what runs is watched by the caller. */
async function startParts(
  config: StandaloneConfig,
  database: Database,
  { supervisor, ending }: { readonly supervisor: Supervisor; readonly ending: Ending },
): Promise<never> {
  await assertPortFree(config.PORT, config.HOST);
  const adminKey = await findAdminKey(config.CREDITFOLD_ADMIN_KEY, config.CREDITFOLD_DATA_DIR);
  await publishCatalog(config, database.url);
  const url = await startInOrder(supervisor, workerEnvironment(config, database.url, adminKey.key));
  if (!ending.isWished) greet(url, adminKey);
  return new Promise(() => undefined);
}

async function publishCatalog(config: StandaloneConfig, databaseUrl: string): Promise<void> {
  const { KURRENTDB_URL } = config;
  const settings = eventStoreSettingsFrom({ KURRENTDB_URL, DATABASE_URL: databaseUrl });
  const { store } = await openEventStore(settings, { poolMax: 1 });
  try {
    await loadCatalog(store, config.CREDITFOLD_CATALOG);
  } finally {
    await store.close();
  }
}

/** The API comes last: whoever reaches it finds the read models and the fold at work. */
async function startInOrder(supervisor: Supervisor, env: Readonly<Record<string, string>>): Promise<string | null> {
  await Promise.all(['aggregator', 'projector'].map((part) => supervisor.start(part, entryOf(part), env)));
  return supervisor.start('api', entryOf('api'), env);
}

function greet(url: string | null, adminKey: AdminKey): void {
  if (url !== null) process.stdout.write(greetingOf(url, adminKey));
}

async function endCleanly(database: Database, supervisor: Supervisor): Promise<void> {
  endWhateverHangs();
  await database.announceEnding();
  await supervisor.stop(LIMITS.partStopMs);
  await database.stop();
}
