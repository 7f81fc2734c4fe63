import { databaseUrlIn, InvalidSetting, settingIn, type Environment } from '@app/postgres';
import type { EventStore } from './event-store.js';
import { parseConnectionUrl } from './kurrent/connection-url.js';
import { KurrentEventStore } from './kurrent/kurrent-event-store.js';
import { PostgresEventStore } from './postgres/postgres-event-store.js';

/** Where the streams are: that KurrentDB, or else this database. */
export type EventStoreSettings = { readonly kurrentUrl: string } | { readonly databaseUrl: string };

export interface OpenedEventStore {
  readonly store: EventStore;
  /** True where every event counts its position up by one: a hole is then an event that was removed. */
  readonly hasDensePositions: boolean;
}

/** With `KURRENTDB_URL` streams are there, else in the database of `DATABASE_URL`. @throws {InvalidSetting} */
export function eventStoreSettingsFrom(env: Environment): EventStoreSettings {
  const kurrentUrl = settingIn(env, 'KURRENTDB_URL');
  if (kurrentUrl !== undefined) return { kurrentUrl: checked(kurrentUrl) };
  const databaseUrl = databaseUrlIn(env);
  if (databaseUrl === undefined) throw new InvalidSetting('KURRENTDB_URL or DATABASE_URL must be set.');
  return { databaseUrl };
}

/** Connects, and brings a database's schema up to date. `poolMax`: connections at most. @throws {EventStoreUnavailable} */
export async function openEventStore(
  settings: EventStoreSettings,
  { poolMax }: { readonly poolMax?: number } = {},
): Promise<OpenedEventStore> {
  if ('kurrentUrl' in settings)
    return { store: await KurrentEventStore.connect({ url: settings.kurrentUrl }), hasDensePositions: false };
  const options = { url: settings.databaseUrl, ...(poolMax === undefined ? {} : { poolMax }) };
  return { store: await PostgresEventStore.connect(options), hasDensePositions: true };
}

/** Looks at the shape alone, so that a wrong one ends a start before anything was changed. */
function checked(url: string): string {
  try {
    parseConnectionUrl(url);
    return url;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidSetting(`KURRENTDB_URL is not usable: ${reason}.`, { cause });
  }
}
