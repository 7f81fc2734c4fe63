import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  EventStoreUnavailable,
  eventStoreSettingsFrom,
  openEventStore,
  PostgresSnapshotStore,
  START,
  type EventStore,
  type EventStoreSettings,
  type OpenedEventStore,
} from '@app/event-store';
import { createPool, readPostgresInfo, settingIn, startEmbeddedPostgres, type Environment } from '@app/postgres';

/** Where streams were found, for opening them again; `url` is that of the database beside them. */
export interface StreamsSource {
  readonly settings: EventStoreSettings;
  readonly url: string;
}

/** The streams, wherever they are, and the database that read models and snapshots lie in. */
export interface OpenStreams {
  readonly source: StreamsSource;
  readonly url: string;
  readonly store: EventStore;
  /** True where positions count events one by one, so that a hole is an event that was removed. */
  readonly hasDensePositions: boolean;
  readonly snapshots: PostgresSnapshotStore;
  /** Ends what was started for this command alone. */
  close(): Promise<void>;
}

/** There are no streams where the environment says; the message says where that is and what to set. */
export class NoStreams extends Error {
  override readonly name = 'NoStreams';
  readonly code = 'NoStreams';
}

const NOTHING_TO_STOP = async (): Promise<void> => Promise.resolve();

/**
 * Finds the streams as `npm start` does: `KURRENTDB_URL`, else Postgres. Postgres is that of `DATABASE_URL`, else of the
 * data directory, whose running server is used when it answers, and which is started and ended here when it does not.
 * @throws {NoStreams | InvalidSetting | EmbeddedPostgresError}
 */
export async function openStreams(env: Environment): Promise<OpenStreams> {
  const kurrentUrl = settingIn(env, 'KURRENTDB_URL');
  const kurrent = kurrentUrl === undefined ? undefined : await openKurrent(eventStoreSettingsFrom(env));
  let stop: FoundServer['stop'] = NOTHING_TO_STOP;
  try {
    const server = await findServer(env);
    stop = () => server.stop();
    if (kurrent === undefined && (await streamsIn(server.url)) !== 'present')
      throw new NoStreams(`${server.place} holds no streams: nothing was ever started on it.`);
    const { url } = server;
    const settings = kurrentUrl === undefined ? { databaseUrl: url } : { kurrentUrl };
    return await open({ settings, url }, stop, kurrent);
  } catch (error) {
    await kurrent?.store.close();
    await stop();
    throw error;
  }
}

/** Opens streams that were found before, for another thread of the same command. */
export const reopenStreams = (source: StreamsSource): Promise<OpenStreams> => open(source, NOTHING_TO_STOP);

async function open(source: StreamsSource, stop: FoundServer['stop'], opened?: OpenedEventStore): Promise<OpenStreams> {
  const { url } = source;
  const { store, hasDensePositions } = opened ?? (await openEventStore(source.settings));
  const snapshots = await PostgresSnapshotStore.connect({ url });
  const close = async (): Promise<void> => {
    await Promise.all([store.close(), snapshots.close()]);
    await stop();
  };
  return { source, url, store, hasDensePositions, snapshots, close };
}

async function openKurrent(settings: EventStoreSettings): Promise<OpenedEventStore> {
  try {
    const opened = await openEventStore(settings);
    if ((await opened.store.head()).commit !== START.commit) return opened;
    await opened.store.close();
  } catch (error) {
    if (error instanceof EventStoreUnavailable) throw new NoStreams('the server of KURRENTDB_URL does not answer.');
    throw error;
  }
  throw new NoStreams('the server of KURRENTDB_URL holds no streams: nothing was ever started on it.');
}

interface FoundServer {
  readonly url: string;
  /** For people, without the password. */
  readonly place: string;
  stop(): Promise<void>;
}

async function findServer(env: Environment): Promise<FoundServer> {
  const given = settingIn(env, 'DATABASE_URL');
  if (given !== undefined) {
    if ((await streamsIn(given)) === 'unreachable') throw new NoStreams('the server of DATABASE_URL does not answer.');
    return { url: given, place: 'the database of DATABASE_URL', stop: NOTHING_TO_STOP };
  }
  const dataDir = settingIn(env, 'CREDITFOLD_DATA_DIR') ?? './data';
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
