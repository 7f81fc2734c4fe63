import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onChild } from './run-command.mjs';

const POLL_MS = 200;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Replaces what stands there, whole. */
function write(file, text) {
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, text);
  renameSync(beside, file);
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
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  // Between the look and the move somebody else may have taken over: theirs goes back.
  if (isHeld(aside)) {
    try {
      linkSync(aside, file);
    } catch {
      // A third one was faster; it does the same work.
    }
  }
  rmSync(aside, { force: true });
}

/** By the process that took it, or by a program that this one started and that outlived it. */
function isHeld(file) {
  try {
    const pids = readFileSync(file, 'utf8').split(' ').map(Number);
    return pids.some((pid) => pid > 0 && isAlive(pid));
  } catch {
    return false;
  }
}

/** Runs `work` while no other process of this checkout does: two starts at once install and build once. */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  let hasSaidSo = false;
  while (!tryTake(file)) {
    if (!isHeld(file)) removeStale(file);
    else if (!hasSaidSo) {
      process.stderr.write('Waiting for another command of this checkout that installs or builds ...\n');
      hasSaidSo = true;
    }
    await sleep(POLL_MS);
  }
  const forgetChildren = onChild((child) => write(file, `${process.pid} ${child}`));
  const release = () => rmSync(file, { force: true });
  process.on('exit', release);
  try {
    return await work();
  } finally {
    forgetChildren();
    process.off('exit', release);
    release();
  }
}
