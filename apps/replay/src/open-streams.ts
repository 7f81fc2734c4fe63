import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PostgresEventStore, PostgresSnapshotStore } from '@app/event-store';
import { createPool, readPostgresInfo, startEmbeddedPostgres } from '@app/postgres';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The streams, wherever they are, and the database that read models and snapshots lie in. */
export interface OpenStreams {
  readonly url: string;
  readonly store: PostgresEventStore;
  readonly snapshots: PostgresSnapshotStore;
  /** Ends what was started for this command alone. */
  close(): Promise<void>;
}

/** There are no streams where the environment says; the message says where that is and what to set. */
export class NoStreams extends Error {
  override readonly name = 'NoStreams';
  readonly code = 'NoStreams';
}

/**
 * Finds the streams as `npm start` does: `DATABASE_URL`, else the data directory, whose running server is used when it
 * answers, and which is started and ended here when it does not.
 * @throws {NoStreams | EmbeddedPostgresError}
 */
export async function openStreams(env: Environment): Promise<OpenStreams> {
  if (isSet(env['KURRENTDB_URL']))
    throw new NoStreams('KURRENTDB_URL is set, and this release reads streams from Postgres only.');
  const server = await findServer(env);
  try {
    if ((await streamsIn(server.url)) !== 'present')
      throw new NoStreams(`${server.place} holds no streams: nothing was ever started on it.`);
    const store = await PostgresEventStore.connect({ url: server.url });
    const snapshots = await PostgresSnapshotStore.connect({ url: server.url });
    const close = async (): Promise<void> => {
      await Promise.all([store.close(), snapshots.close()]);
      await server.stop();
    };
    return { url: server.url, store, snapshots, close };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

const isSet = (value: string | undefined): value is string => value !== undefined && value !== '';

interface FoundServer {
  readonly url: string;
  /** For people, without the password. */
  readonly place: string;
  stop(): Promise<void>;
}

const NOTHING_TO_STOP = async (): Promise<void> => Promise.resolve();

async function findServer(env: Environment): Promise<FoundServer> {
  const given = env['DATABASE_URL'];
  if (isSet(given)) {
    if ((await streamsIn(given)) === 'unreachable') throw new NoStreams('the server of DATABASE_URL does not answer.');
    return { url: given, place: 'the database of DATABASE_URL', stop: NOTHING_TO_STOP };
  }
  const dataDir = isSet(env['CREDITFOLD_DATA_DIR']) ? env['CREDITFOLD_DATA_DIR'] : './data';
  const place = `the data directory ${dataDir}`;
  const running = await readPostgresInfo(dataDir);
  if (running !== undefined && (await streamsIn(running.url)) !== 'unreachable')
    return { url: running.url, place, stop: NOTHING_TO_STOP };
  const isThere = await stat(join(dataDir, 'postgres')).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isThere)
    throw new NoStreams(`${place} has no database; set CREDITFOLD_DATA_DIR or DATABASE_URL to where the streams are.`);
  const started = await startEmbeddedPostgres({ dataDir });
  return { url: started.url, place, stop: () => started.stop() };
}

/** Whether the server answers, and whether its database holds streams. */
async function streamsIn(url: string): Promise<'present' | 'absent' | 'unreachable'> {
  let pool: ReturnType<typeof createPool>;
  try {
    pool = createPool(url, { max: 1, applicationName: 'replay' });
  } catch {
    return 'unreachable';
  }
  try {
    const { rows } = await pool.query<{ found: boolean }>(
      `select to_regclass('creditfold_events.events') is not null as found`,
    );
    return rows[0]?.found === true ? 'present' : 'absent';
  } catch {
    return 'unreachable';
  } finally {
    await pool.end();
  }
}
