import { mkdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { POSTGRES_LIMITS } from '../limits.js';
import { findBinaries } from './binaries.js';
import { ensureCluster } from './cluster.js';
import { dataDirectoryFault } from './data-directory-fault.js';
import { lockDataDirectory } from './data-directory-lock.js';
import type { DataDirectoryLock } from './data-directory-lock.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { keepPostgres } from './kept-postgres.js';
import type { KeptPostgres } from './kept-postgres.js';
import { assertReachable, findOperatingUser } from './operating-user.js';
import { awaitEndOfPredecessor } from './predecessor.js';
import { DEFAULT_SETTINGS } from './settings.js';

export interface EmbeddedPostgresOptions {
  /** Made when missing. The cluster is in `<dataDir>/postgres`; `<dataDir>/postgres.json` holds `{url, pid}` while it runs. */
  readonly dataDir: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Over the defaults of `settings.ts`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How long an ending holder of the data directory is waited for. */
  readonly waitMs?: number;
}

export interface EmbeddedPostgres {
  readonly url: string;
  /** Of the server, not of its keeper. */
  readonly pid: number;
  /** Settles when the server has ended, asked or not; the value says why when nobody asked. */
  readonly ended: Promise<EmbeddedPostgresError | undefined>;
  /** To be called when this process begins to end: a successor then waits for the data directory. */
  announceEnding(): Promise<void>;
  /** An orderly shutdown; the data directory is free afterwards. */
  stop(): Promise<void>;
}

async function findFreePort(): Promise<number> {
  return new Promise((done, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address === null || typeof address === 'string' ? reject(address) : done(address.port)));
    });
  });
}

async function startOnSomePort(options: EmbeddedPostgresOptions, start: (port: number) => Promise<KeptPostgres>) {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await findFreePort());
    try {
      return { port, kept: await start(port) };
    } catch (error) {
      const isTaken = error instanceof EmbeddedPostgresError && error.code === 'PortInUse';
      if (!isTaken || options.port !== undefined || attempt >= POSTGRES_LIMITS.portAttemptsMax) throw error;
    }
  }
}

async function startUnderLock(dataDir: string, options: EmbeddedPostgresOptions, waitMs: number) {
  const [binaries, user] = [findBinaries(), await findOperatingUser()];
  await assertReachable(binaries.directory, user);
  await assertReachable(dataDir, user);
  await awaitEndOfPredecessor(join(dataDir, 'postgres'), waitMs);
  const infoFile = join(dataDir, 'postgres.json');
  await rm(infoFile, { force: true });
  const { directory, password } = await ensureCluster(dataDir, binaries, user);
  const urlOf = (port: number): string => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const { port, kept } = await startOnSomePort(options, async (candidate) => {
    const settings = { ...DEFAULT_SETTINGS, port: String(candidate), ...options.settings };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return keepPostgres({
      program: binaries.postgres,
      args: ['-D', directory, ...args],
      user,
      url: urlOf(candidate),
      pidFile: join(directory, 'postmaster.pid'),
      logFile: join(dataDir, 'postgres.log'),
      infoFile,
    });
  });
  return { url: urlOf(port), kept };
}

/**
 * Starts the Postgres that the `embedded-postgres` package brings. It ends with `stop()`, or within 10 s of this
 * process's death however it dies, and never by a Ctrl-C in the terminal alone.
 * @throws {EmbeddedPostgresError} whose `code` says why
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const waitMs = options.waitMs ?? POSTGRES_LIMITS.dataDirectoryWaitMs;
  const lock = await openDataDirectory(dataDir, waitMs);
  try {
    const { url, kept } = await startUnderLock(dataDir, options, waitMs);
    return {
      url,
      pid: kept.pid,
      ended: kept.ended,
      announceEnding: () => lock.announceEnding(),
      stop: async () => {
        await lock.announceEnding();
        await kept.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw dataDirectoryFault(error, dataDir);
  }
}

async function openDataDirectory(dataDir: string, waitMs: number): Promise<DataDirectoryLock> {
  try {
    // As root, Postgres runs as another user, who must be able to pass through; nobody needs to list it.
    await mkdir(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    return await lockDataDirectory(dataDir, waitMs);
  } catch (error) {
    throw dataDirectoryFault(error, dataDir);
  }
}

/** What `postgres.json` says while a server runs on the data directory; it may be stale: try to connect. */
export async function readPostgresInfo(
  dataDir: string,
): Promise<{ readonly url: string; readonly pid: number } | undefined> {
  try {
    return JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8')) as { url: string; pid: number };
  } catch {
    return undefined;
  }
}
