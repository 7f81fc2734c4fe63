import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './http-client.js';

/** Compiled code lies in `dist/`, the benchmark's in `dist/bench/`. */
export const DIST = fileURLToPath(new URL('../..', import.meta.url));
const READY_MS = 120_000;
const POLL_MS = 20;

export interface ProgramOptions {
  /** Its folder in `apps`. */
  readonly app: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where each thread leaves a CPU profile when it ends. */
  readonly profileDir?: string | undefined;
}

/** A compiled program of ours that serves, in a process of its own. */
export class ProgramProcess {
  #output = '';
  #isEnding = false;
  readonly #closed: Promise<void>;

  private constructor(
    private readonly app: string,
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    child.stdout?.on('data', (text) => (this.#output += String(text)));
    child.stderr?.on('data', (text) => (this.#output += String(text)));
    this.#closed = new Promise((resolve) => child.once('close', () => resolve()));
    child.once('close', (code, signal) => {
      if (!this.#isEnding) process.stderr.write(`${app} ended by itself with ${code ?? signal}: ${this.#output}\n`);
    });
  }

  /** Resolves when it answers `/health/ready`. */
  static async start({ app, env, profileDir }: ProgramOptions): Promise<ProgramProcess> {
    const port = await freePort();
    const profiling = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
    const child = spawn(process.execPath, [...profiling, join(DIST, 'apps', app, 'src/main.js')], {
      // A Ctrl-C is ours: we end it, and wait until it is gone.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...env, PORT: String(port) },
    });
    const started = new ProgramProcess(app, child, `http://127.0.0.1:${port}`);
    await started.#ready();
    return started;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Its memory that is resident now, as its metrics say. */
  async residentBytes(): Promise<number> {
    const { text } = await ask(`${this.url}/metrics`, { headers: {} });
    return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1] ?? Number.NaN);
  }

  /** A clean end, as a service manager asks for it. */
  async end(): Promise<void> {
    this.#isEnding = true;
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
        throw new Error(`${this.app} ended with ${this.child.exitCode}: ${this.#output}`);
      if (performance.now() > giveUpAt) {
        await this.end();
        throw new Error(`${this.app} is not ready: ${this.#output}`);
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
