import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.mjs';
import type { Ended } from '../standalone.js';

/** The first one may have to build. */
const READY_MS = 90_000;
const POLL_MS = 100;

/** One of the single processes, as `npm run start:…` runs it, under the signals that a test sends. */
export class AppProcess {
  readonly ended: Promise<Ended>;
  #output = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    child.stdout?.on('data', (text) => (this.#output += String(text)));
    child.stderr?.on('data', (text) => (this.#output += String(text)));
    this.ended = new Promise((resolve) => {
      child.once('close', (code) => resolve({ code, output: this.#output }));
    });
  }

  static async spawn(app: string, env: Readonly<Record<string, string>>): Promise<AppProcess> {
    const port = String(await freePort());
    const child = spawn(process.execPath, ['scripts/run.mjs', app], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '', LOG_LEVEL: 'warn', PORT: port, ...env },
    });
    return new AppProcess(child, `http://127.0.0.1:${port}`);
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async ready(): Promise<this> {
    const giveUpAt = Date.now() + READY_MS;
    for (;;) {
      const isReady = await fetch(`${this.url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) return this;
      if (!this.isRunning) throw new Error(`ended with ${this.child.exitCode}: ${this.#output}`);
      if (Date.now() > giveUpAt) throw new Error(`not ready: ${this.#output}`);
      await sleep(POLL_MS);
    }
  }

  /** Waits until its health names the problem; the whole answer, as probes see it. */
  async problem(code: string, timeoutMs: number): Promise<string> {
    const giveUpAt = Date.now() + timeoutMs;
    for (;;) {
      const said = await fetch(`${this.url}/health/ready`).then(
        (answer) => answer.text(),
        (error: unknown) => String(error),
      );
      if (said.includes(code)) return said;
      if (!this.isRunning || Date.now() > giveUpAt) throw new Error(`no ${code}: ${said} ${this.#output}`);
      await sleep(POLL_MS);
    }
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(name);
  }

  async end(name: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<Ended> {
    if (this.isRunning) this.child.kill(name);
    return this.ended;
  }
}
