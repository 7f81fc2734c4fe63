import { startEmbeddedPostgres } from '@app/postgres';
import type { EmbeddedPostgresError } from '@app/postgres';
import type { StandaloneConfig } from './standalone-config.js';

export interface Database {
  readonly url: string;
  /** Settles when a server that was started here has ended; the value says why when nobody asked. */
  readonly ended: Promise<EmbeddedPostgresError | undefined>;
  announceEnding(): Promise<void>;
  stop(): Promise<void>;
}

/** The server of `DATABASE_URL`, else one of our own on the data directory. @throws {EmbeddedPostgresError} */
export async function openDatabase(config: StandaloneConfig): Promise<Database> {
  if (config.DATABASE_URL === undefined) return startEmbeddedPostgres({ dataDir: config.CREDITFOLD_DATA_DIR });
  return {
    url: config.DATABASE_URL,
    ended: new Promise(() => undefined),
    announceEnding: async () => undefined,
    stop: async () => undefined,
  };
}
