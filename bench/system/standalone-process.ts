import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

/** Compiled code lies in `dist/`, the benchmark's in `dist/bench/`. */
export const DIST = fileURLToPath(new URL('../..', import.meta.url));
export const CATALOG = fileURLToPath(new URL('../catalog.json', import.meta.url));
export const ADMIN_KEY = 'cf_bench_0123456789abcdef0123456789abcdef';
const READY_MS = 120_000;
const POLL_MS = 20;
/** What would lead the service away from the embedded parts. */
const ELSEWHERE = /^(DATABASE_URL|KURRENTDB_URL|KAFKA_|CREDITFOLD_|PORT$|NODE_OPTIONS$)/;

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

export interface StandaloneOptions {
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where each thread leaves a CPU profile when it ends. */
  readonly profileDir?: string | undefined;
}

/** The real thing, compiled, as `npm start` runs it, in a process of its own. */
export class StandaloneProcess {
  #output = '';
  readonly #closed: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly dataDir: string,
  ) {
    child.stdout?.on('data', (text) => (this.#output += String(text)));
    child.stderr?.on('data', (text) => (this.#output += String(text)));
    this.#closed = new Promise((resolve) => child.once('close', () => resolve()));
  }

  /** Resolves when it answers `/health/ready`. */
  static async start({ dataDir, env = {}, profileDir }: StandaloneOptions): Promise<StandaloneProcess> {
    const port = await freePort();
    const profiling = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
    const child = spawn(process.execPath, [...profiling, join(DIST, 'apps/standalone/src/main.js')], {
      // A Ctrl-C is ours: we end it, and wait until it is gone.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...environmentFor(dataDir), PORT: String(port), CREDITFOLD_CATALOG: CATALOG, ...env },
    });
    const started = new StandaloneProcess(child, `http://127.0.0.1:${port}`, dataDir);
    await started.#ready();
    return started;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Its Postgres: where it is, and its postmaster's process id. */
  async postgres(): Promise<{ readonly url: string; readonly pid: number }> {
    const info = await readFile(join(this.dataDir, 'postgres.json'), 'utf8');
    return JSON.parse(info) as { readonly url: string; readonly pid: number };
  }

  async databaseUrl(): Promise<string> {
    return (await this.postgres()).url;
  }

  /** A clean end, as a service manager asks for it. */
  async end(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM');
    await this.#closed;
  }

  async #ready(): Promise<void> {
    const giveUpAt = performance.now() + READY_MS;
    for (;;) {
      const isReady = await fetch(`${this.url}/health/ready`).then(
        async (answer) => (await answer.arrayBuffer(), answer.ok),
        () => false,
      );
      if (isReady) return;
      if (this.child.exitCode !== null)
        throw new Error(`standalone ended with ${this.child.exitCode}: ${this.#output}`);
      if (performance.now() > giveUpAt) {
        await this.end();
        throw new Error(`standalone is not ready: ${this.#output}`);
      }
      await sleep(POLL_MS);
    }
  }
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
