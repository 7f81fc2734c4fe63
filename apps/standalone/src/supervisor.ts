import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { FromWorker, PartReport, ToWorker, WorkerEnvironment } from './workers/worker-protocol.js';

/** A part of the process ended, or said that it cannot go on. */
export class PartFailed extends Error {
  override readonly name = 'PartFailed';
  constructor(
    readonly part: string,
    readonly code: string,
    detail: string,
  ) {
    super(`${code}: ${part} ended: ${detail}`);
  }
}

interface Part {
  readonly name: string;
  readonly worker: Worker;
  readonly exited: Promise<void>;
}

/**
 * Runs each part in a thread of its own, so that folding never keeps a query waiting. A part that fails ends the whole:
 * whoever started the process starts it again, and the streams say where to go on (I8, I11).
 */
export class Supervisor {
  /** Settles with the first part's failure that nobody asked for. */
  readonly failed: Promise<PartFailed>;
  readonly #parts: Part[] = [];
  #reportFailure: (failure: PartFailed) => void = () => undefined;
  #isStopping = false;

  constructor() {
    this.failed = new Promise((resolve) => (this.#reportFailure = resolve));
  }

  /** Resolves with the part's URL, or null, when it is ready. @throws {PartFailed} */
  start(name: string, entry: URL, env: WorkerEnvironment): Promise<string | null> {
    if (this.#isStopping) return Promise.reject(new PartFailed(name, 'Stopping', 'the process is ending'));
    const worker = new Worker(entry, { workerData: env, name });
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.#parts.push({ name, worker, exited });
    return new Promise((resolve, reject) => {
      const fail = (code: string, detail: string): void => {
        const failure = new PartFailed(name, code, detail);
        reject(failure);
        if (!this.#isStopping) this.#reportFailure(failure);
      };
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') resolve(message.url);
        else if (message.kind === 'failed') fail(message.code, message.message);
        else if (message.kind === 'report') this.#passOn(name, message.report);
      });
      worker.on('error', (error) =>
        fail('Unexpected', error instanceof Error ? (error.stack ?? error.message) : String(error)),
      );
      worker.on('exit', (code) => fail('Unexpected', `its thread exited with ${code}`));
    });
  }

  #passOn(part: string, report: PartReport): void {
    const message: ToWorker = { kind: 'report', part, report };
    for (const { name, worker } of this.#parts) if (name !== part) worker.postMessage(message, []);
  }

  /** Asks every part to finish what is under way, and cuts off what has not after `timeoutMs`. */
  async stop(timeoutMs: number): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#parts.map((part) => stopPart(part, timeoutMs)));
  }
}

async function stopPart({ worker, exited }: Part, timeoutMs: number): Promise<void> {
  const wish: ToWorker = { kind: 'stop' };
  worker.postMessage(wish, []);
  const giveUp = new AbortController();
  await Promise.race([exited, sleep(timeoutMs, undefined, { signal: giveUp.signal }).catch(() => undefined)]);
  giveUp.abort();
  await worker.terminate();
}
