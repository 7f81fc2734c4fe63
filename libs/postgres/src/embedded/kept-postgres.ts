import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { POSTGRES_LIMITS } from '../limits.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { explainEnd, explainFailure } from './explain-failure.js';
import type { OperatingUser } from './operating-user.js';

/** What the keeper needs; sent over its IPC channel, since arguments are visible to every user of the machine. */
export interface KeeperConfig {
  readonly program: string;
  readonly args: readonly string[];
  readonly user: OperatingUser;
  readonly url: string;
  readonly pidFile: string;
  readonly logFile: string;
  readonly infoFile: string;
}

const PATIENCE = { stopMs: POSTGRES_LIMITS.keeperStopMs, orphanedMs: POSTGRES_LIMITS.keeperOrphanedMs };

type KeeperMessage =
  | { readonly kind: 'ready'; readonly pid: number }
  | { readonly kind: 'ended'; readonly output: string; readonly isExpected: boolean };

export interface KeptPostgres {
  readonly pid: number;
  /** Settles when Postgres has ended, asked or not; the value says why when nobody asked. */
  readonly ended: Promise<EmbeddedPostgresError | undefined>;
  stop(): Promise<void>;
}

function spawnKeeper(): ChildProcess {
  const { NODE_OPTIONS: _notInherited, ...env } = process.env;
  const keeper = spawn(process.execPath, [fileURLToPath(new URL('./keeper.mjs', import.meta.url))], {
    cwd: '/',
    detached: true,
    env,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // The parent may end whenever it likes; the keeper notices.
  keeper.unref();
  keeper.channel?.unref();
  return keeper;
}

/** The keeper was killed on its own: Postgres lives on and only this process can still end it. */
function endWithoutKeeper(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // It has ended already.
  }
}

/**
 * Starts Postgres under a keeper and resolves when it takes connections.
 * @throws {EmbeddedPostgresError} `PortInUse`, `DiskFull`, `PostgresStartFailed`
 */
export async function keepPostgres(config: KeeperConfig): Promise<KeptPostgres> {
  const keeper = spawnKeeper();
  let reportEnd: (why: EmbeddedPostgresError | undefined) => void;
  const ended = new Promise<EmbeddedPostgresError | undefined>((resolve) => (reportEnd = resolve));
  const pid = await new Promise<number>((resolve, reject) => {
    let running: number | undefined;
    const timer = setTimeout(() => {
      keeper.disconnect();
      reject(new EmbeddedPostgresError('PostgresStartFailed', `no answer in ${POSTGRES_LIMITS.startTimeoutMs} ms`));
    }, POSTGRES_LIMITS.startTimeoutMs);
    keeper.on('message', (message: KeeperMessage) => {
      clearTimeout(timer);
      if (message.kind === 'ready') {
        running = message.pid;
        resolve(message.pid);
      } else {
        reject(explainFailure('postgres', message.output));
        reportEnd(message.isExpected ? undefined : explainEnd(message.output));
      }
    });
    keeper.on('error', (error) => reject(explainFailure('postgres', String(error))));
    keeper.on('exit', () => {
      clearTimeout(timer);
      reject(new EmbeddedPostgresError('PostgresStartFailed', 'the keeper of Postgres was ended'));
      if (running !== undefined) endWithoutKeeper(running);
      reportEnd(new EmbeddedPostgresError('PostgresEnded', 'the keeper of Postgres was ended, and Postgres with it'));
    });
    keeper.send({ kind: 'start', ...config, ...PATIENCE });
  });
  const stop = async (): Promise<void> => {
    if (keeper.connected) keeper.send({ kind: 'stop' });
    // While stopping, the process stays: a parent that left would cut the orderly shutdown short.
    const stay = setTimeout(() => undefined, POSTGRES_LIMITS.stopTimeoutMs);
    await ended;
    clearTimeout(stay);
  };
  return { pid, ended, stop };
}
