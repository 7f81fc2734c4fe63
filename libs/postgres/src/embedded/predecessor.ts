import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { POSTGRES_LIMITS } from '../limits.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { identityOf, isAlive } from './process-identity.js';
import type { ProcessIdentity } from './process-identity.js';

const POLL_MS = 50;

/** The server that still works on the cluster. A pid that was given out again, to something else, does not count. */
async function findServer(cluster: string): Promise<ProcessIdentity | undefined> {
  try {
    const pid = Number((await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')[0]);
    if (!Number.isInteger(pid) || pid <= 1) return undefined;
    if (process.platform === 'linux' && (await realpath(`/proc/${pid}/cwd`)) !== (await realpath(cluster)))
      return undefined;
    return await identityOf(pid);
  } catch {
    return undefined;
  }
}

/**
 * Waits for a Postgres whose parent died: its keeper is ending it. One whose keeper died too is ended from here.
 * Needs the lock: nobody else starts one meanwhile.
 */
export async function awaitEndOfPredecessor(cluster: string, waitMs: number): Promise<void> {
  const server = await findServer(cluster);
  if (server === undefined) return;
  const startedAt = Date.now();
  const endItAfterMs = Math.min(POSTGRES_LIMITS.orphanGraceMs, waitMs / 2);
  let isToldToEnd = false;
  while (await isAlive(server)) {
    const waitedMs = Date.now() - startedAt;
    if (waitedMs >= waitMs) {
      throw new EmbeddedPostgresError('DataDirectoryInUse', `${cluster} is held by the Postgres process ${server.pid}`);
    }
    if (waitedMs >= endItAfterMs && !isToldToEnd) {
      isToldToEnd = true;
      process.kill(server.pid, 'SIGINT');
    }
    await sleep(POLL_MS);
  }
}
