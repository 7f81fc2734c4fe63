import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Appears whole or not at all: written beside, then linked. */
function tryTake(file) {
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, String(process.pid));
  try {
    linkSync(beside, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(beside, { force: true });
  }
}

/** A dead holder's lock is moved away under a name of our own, so that of two takers one finds nothing to move. */
function removeStale(file) {
  const holder = readHolder(file);
  if (holder === undefined || isAlive(holder)) return;
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  // Between the look and the move somebody else may have taken over: theirs goes back.
  if (moved !== undefined && isAlive(moved)) {
    try {
      linkSync(aside, file);
    } catch {
      // A third one was faster; it does the same work.
    }
  }
  rmSync(aside, { force: true });
}

function readHolder(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Runs `work` while no other process of this checkout does: two starts at once install and build once. */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  let hasSaidSo = false;
  while (!tryTake(file)) {
    removeStale(file);
    if (!hasSaidSo) process.stderr.write('Waiting for another command of this checkout that installs or builds ...\n');
    hasSaidSo = true;
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
