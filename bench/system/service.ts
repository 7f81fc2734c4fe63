import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CATALOG = fileURLToPath(new URL('../catalog.json', import.meta.url));
export const ADMIN_KEY = 'cf_bench_0123456789abcdef0123456789abcdef';
/** What would lead the service away from the embedded parts. */
const ELSEWHERE = /^(DATABASE_URL|KURRENTDB_URL|KAFKA_|CREDITFOLD_|PORT$|NODE_OPTIONS$)/;

export interface ServiceOptions {
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where each thread leaves a CPU profile when it ends. */
  readonly profileDir?: string | undefined;
}

/** The real thing, compiled, on its embedded Postgres. */
export interface Service {
  readonly dataDir: string;
  /** Of its API. */
  readonly url: string;
  /** Of its programs, Postgres apart. */
  readonly pids: readonly number[];
  /** Where it is, and its postmaster's process id. */
  postgres(): Promise<{ readonly url: string; readonly pid: number }>;
  /** Memory that is resident now, by the name of what holds it. */
  residentBytes(): Promise<ReadonlyMap<string, number>>;
  /** A clean end, as a service manager asks for it. */
  end(): Promise<void>;
}

/** A directory that an embedded server which runs as another user can pass through. */
export async function makeDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'creditfold-bench-'));
  await chmod(directory, 0o711);
  return directory;
}

export const removeDirectory = (directory: string): Promise<void> =>
  rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });

/** The environment of a program of ours on this data directory, and nothing of the caller's own deployment. */
export function environmentFor(dataDir: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !ELSEWHERE.test(name));
  return {
    ...Object.fromEntries(own),
    CREDITFOLD_DATA_DIR: dataDir,
    CREDITFOLD_ADMIN_KEY: ADMIN_KEY,
    LOG_LEVEL: 'warn',
  };
}
