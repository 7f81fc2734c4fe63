import { link, mkdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { identityOf, isAlive } from './process-identity.js';
import type { ProcessIdentity } from './process-identity.js';

interface LockContent extends ProcessIdentity {
  readonly token: string;
  /** Whoever waits for the directory may go on waiting: this holder is on its way out. */
  readonly isEnding: boolean;
}

export interface DataDirectoryLock {
  /** Says that this process is ending, so that a successor waits instead of giving up. A full disk keeps it silent. */
  announceEnding(): Promise<void>;
  release(): Promise<void>;
}

const POLL_MS = 100;
/** A holder that was just killed may still be seen for a moment: one that stays is alive. */
const DYING_MS = 2_000;
/** Taking over takes milliseconds; a takeover mark older than this was left by a process that died in it. */
const TAKEOVER_MARK_STALE_MS = 10_000;

async function readLock(file: string): Promise<LockContent | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LockContent;
  } catch {
    return undefined;
  }
}

/** Writes beside and links: the lock appears whole or not at all, and only when there was none. */
async function tryCreate(file: string, content: LockContent): Promise<boolean> {
  const beside = `${file}.${content.token}`;
  try {
    await writeFile(beside, JSON.stringify(content), { mode: 0o600 });
    await link(beside, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(beside, { force: true });
  }
}

/** Removes the lock of a dead process. Two takers take turns (a directory is made once), so neither removes the other's. */
async function removeStale(file: string): Promise<void> {
  const mark = `${file}.takeover`;
  try {
    await mkdir(mark);
  } catch {
    const age = await stat(mark).then(
      (found) => Date.now() - found.mtimeMs,
      () => 0,
    );
    if (age > TAKEOVER_MARK_STALE_MS) await rmdir(mark).catch(() => undefined);
    return;
  }
  try {
    const found = await readLock(file);
    if (found === undefined || !(await isAlive(found))) await rm(file, { force: true });
  } finally {
    await rmdir(mark).catch(() => undefined);
  }
}

/**
 * Takes the directory for this process. A dead holder's lock is taken over, an ending holder is waited for.
 * @throws {EmbeddedPostgresError} `DataDirectoryInUse`
 */
export async function lockDataDirectory(dataDir: string, waitMs: number): Promise<DataDirectoryLock> {
  const file = join(dataDir, 'lock');
  const self = await identityOf(process.pid);
  if (self === undefined) throw new Error('this process cannot see itself');
  const content: LockContent = { ...self, token: randomUUID(), isEnding: false };
  const startedAt = Date.now();
  while (!(await tryCreate(file, content))) {
    const holder = await readLock(file);
    if (holder !== undefined && (await isAlive(holder))) {
      const patienceMs = holder.isEnding ? waitMs : Math.min(waitMs, DYING_MS);
      if (Date.now() - startedAt >= patienceMs) {
        throw new EmbeddedPostgresError(
          'DataDirectoryInUse',
          holder.isEnding
            ? `${dataDir} is held by process ${holder.pid}, which is ending and did not end in time: try again`
            : `${dataDir} is held by process ${holder.pid}: end that one, or choose another data directory`,
        );
      }
      await sleep(POLL_MS);
    } else {
      await removeStale(file);
    }
  }
  return {
    announceEnding: async () => {
      const beside = `${file}.${content.token}`;
      try {
        await writeFile(beside, JSON.stringify({ ...content, isEnding: true }), { mode: 0o600 });
        await rename(beside, file);
      } catch {
        // Nothing may hold up an ending: a successor then waits less long, and is told to try again.
        await rm(beside, { force: true });
      }
    },
    release: async () => {
      if ((await readLock(file))?.token === content.token) await rm(file, { force: true });
    },
  };
}
