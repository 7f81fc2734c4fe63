import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../embedded/start-embedded-postgres.js';

export interface TestPostgres {
  /** Of the database `postgres`. */
  readonly url: string;
  readonly pid: number;
  readonly dataDir: string;
  /** The url of a fresh, empty database on this server. */
  createDatabase(): Promise<string>;
  /** Ends the server and removes its directory. */
  stop(): Promise<void>;
}

/** An embedded Postgres in a temporary directory, for one test file. `settings` as in `startEmbeddedPostgres`. */
export async function startTestPostgres(settings: Readonly<Record<string, string>> = {}): Promise<TestPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'postgres-test-'));
  await chmod(dataDir, 0o711);
  const server = await startEmbeddedPostgres({ dataDir, settings: { shared_buffers: '64MB', ...settings } });
  return {
    url: server.url,
    pid: server.pid,
    dataDir,
    createDatabase: async () => {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      try {
        await client.query(`create database ${name}`);
      } finally {
        await client.end();
      }
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
