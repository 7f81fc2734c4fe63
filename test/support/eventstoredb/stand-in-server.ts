import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../free-port.mjs';

/**
 * What goes wrong with the next calls of a method. `skip` calls pass first; it happens `times` times (once). With `hold` a
 * call waits for the next plan.
 */
export interface Fault {
  readonly method: 'append' | 'batchAppend' | 'read' | 'subscribe' | 'features' | 'gossip';
  readonly action:
    'refuse' | 'delay' | 'hold' | 'cut' | 'die' | 'die-after-commit' | 'drop-after-commit' | 'silence-after-commit';
  readonly times?: number;
  readonly skip?: number;
  readonly delayMs?: number;
  /** With `cut`: events that still arrive. */
  readonly afterEvents?: number;
  /** With `refuse`: the gRPC code (14, unavailable) and trailers. */
  readonly code?: number;
  readonly trailers?: Readonly<Record<string, string>>;
}

interface Reply {
  readonly kind: 'listening' | 'done';
  readonly calls?: Readonly<Record<string, number>>;
}

const PROGRAM = resolve('test/support/eventstoredb/server.mjs');

async function reply(child: ChildProcess): Promise<Reply> {
  const settled = new AbortController();
  const { signal } = settled;
  const died = once(child, 'exit', { signal }).then(() => Promise.reject(new Error('the stand-in server ended')));
  try {
    const [message]: Reply[] = (await Promise.race([once(child, 'message', { signal }), died])) as Reply[];
    if (message === undefined) throw new Error('the stand-in server sent nothing');
    return message;
  } finally {
    died.catch(() => undefined);
    settled.abort();
  }
}

/** The stand-in for EventStoreDB in a process of its own, with data that outlive it. */
export class StandInServer {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly directory: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<StandInServer> {
    const server = new StandInServer(await mkdtemp(join(tmpdir(), 'eventstoredb-')), await freePort());
    await server.startAgain();
    return server;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** On the same port and the same data; with faults that are there before the first call comes. */
  async startAgain(...faults: readonly Fault[]): Promise<void> {
    const args = [this.directory, String(this.port), JSON.stringify(faults)];
    const child = fork(PROGRAM, args, { execArgv: [], stdio: 'inherit' });
    this.child = child;
    await reply(child);
  }

  /** Resolves when the process is gone, whoever ended it. */
  async ended(): Promise<void> {
    const { child } = this;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    this.child = undefined;
  }

  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.ended();
  }

  private get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Replaces the faults planned before. */
  async plan(...faults: readonly Fault[]): Promise<void> {
    await this.command({ kind: 'plan', faults });
  }

  /** Ends all faults, and starts the process again when one of them killed it. */
  async heal(): Promise<void> {
    try {
      if (this.isRunning) return await this.plan();
    } catch {
      // It died, and this is how one hears of it first.
    }
    await this.ended();
    await this.startAgain();
  }

  /** Appends events of the server's own, as its statistics are. */
  async appendSystemEvents(count: number): Promise<void> {
    await this.command({ kind: 'system-events', count });
  }

  /** Copies the data of a server that has ended into a folder, as a backup does. */
  async backUpTo(folder: string): Promise<void> {
    await cp(this.directory, folder, { recursive: true });
  }

  /** Puts a backup in the place of the data of a server that has ended. */
  async restoreFrom(folder: string): Promise<void> {
    await rm(this.directory, { recursive: true });
    await cp(folder, this.directory, { recursive: true });
  }

  /** Calls since the process started, by method. */
  async calls(): Promise<Readonly<Record<string, number>>> {
    return (await this.command({ kind: 'calls' })).calls ?? {};
  }

  /** Ends the process and removes its data. */
  async stop(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async command(message: object): Promise<Reply> {
    const { child } = this;
    if (child === undefined) throw new Error('the stand-in server does not run');
    const answered = reply(child);
    child.send(message, () => undefined);
    return answered;
  }
}
