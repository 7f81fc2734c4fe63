import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from './api-client.js';
import { freePort } from './free-port.mjs';

export const STANDALONE_KEY = 'cf_test_0123456789abcdef0123456789abcdef';
const READY_MS = 90_000;
const POLL_MS = 100;

export interface StandaloneOptions {
  /** Kept by the caller; without it, one is made and removed by `remove`. */
  readonly dataDir?: string;
  readonly catalog?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Through npm, as a newcomer starts it. */
  readonly isThroughNpm?: boolean;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A data directory that Postgres can pass through where the tests run as root. */
export async function makeDataDir(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'creditfold-test-'));
  await chmod(directory, 0o711);
  return directory;
}

export const removeDataDir = (directory: string): Promise<void> =>
  rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });

/** A standalone in a process group of its own, which may not be ready, or never be. */
export class StandaloneProcess {
  readonly ended: Promise<Ended>;
  readonly client: ApiClient;
  #output = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly dataDir: string,
  ) {
    this.client = new ApiClient(url, STANDALONE_KEY);
    child.stdout?.on('data', (text) => (this.#output += String(text)));
    child.stderr?.on('data', (text) => (this.#output += String(text)));
    this.ended = new Promise((resolve) => {
      child.once('close', (code) => resolve({ code, output: this.#output }));
    });
  }

  static async spawn(options: StandaloneOptions = {}): Promise<StandaloneProcess> {
    const port = options.env?.['PORT'] ?? String(await freePort());
    const dataDir = options.dataDir ?? (await makeDataDir());
    const [program, ...args]: [string, ...string[]] =
      options.isThroughNpm === true ? ['npm', 'start'] : [process.execPath, 'scripts/run.mjs', 'standalone'];
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        LOG_LEVEL: 'warn',
        PORT: port,
        CREDITFOLD_DATA_DIR: dataDir,
        CREDITFOLD_ADMIN_KEY: STANDALONE_KEY,
        ...(options.catalog === undefined ? {} : { CREDITFOLD_CATALOG: options.catalog }),
        ...options.env,
      },
    });
    return new StandaloneProcess(child, `http://127.0.0.1:${port}`, dataDir);
  }

  get output(): string {
    return this.#output;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('it was not started');
    return this.child.pid;
  }

  async ready(): Promise<this> {
    const giveUpAt = Date.now() + READY_MS;
    for (;;) {
      if (await this.#isReady()) return this;
      if (this.child.exitCode !== null) throw new Error(`ended with ${this.child.exitCode}: ${this.#output}`);
      if (Date.now() > giveUpAt) throw new Error(`not ready: ${this.#output}`);
      await sleep(POLL_MS);
    }
  }

  /** To the whole group, as a terminal and a service manager do; resolves when the program has ended. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    if (this.isRunning) process.kill(-this.pid, signal);
    return this.ended;
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health/ready`)).ok;
    } catch {
      return false;
    }
  }
}

/** Starts a standalone and waits until it is ready. */
export async function startStandalone(options: StandaloneOptions = {}): Promise<StandaloneProcess> {
  return (await StandaloneProcess.spawn(options)).ready();
}

/** Resolves when everything that was acknowledged is folded and in the read models. */
export async function drained(client: ApiClient, timeoutMs = 60_000): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    const answer = await client.get('/v1/lag');
    const lag = answer.json() as { readonly waiting: number; readonly behind: number };
    if (answer.status === 200 && lag.waiting === 0 && lag.behind === 0) return;
    if (Date.now() > giveUpAt) throw new Error(`not drained: ${answer.text}`);
    await sleep(POLL_MS);
  }
}
