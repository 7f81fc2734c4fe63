/**
 * The keeper: starts Postgres, and ends it when the parent asks or is gone. It has a session of its own, so a Ctrl-C in
 * the parent's terminal reaches neither it nor Postgres; the parent's death reaches it as the end of the IPC channel,
 * kill -9 included. Plain JavaScript, so that it starts the same from sources and from a build.
 *
 *   waiting for `start` ──▶ starting ──▶ running ──▶ ending: fast ──▶ immediate ──▶ killed
 *                              └──────────────┴── `stop`, or the parent's death ─▶┘
 */
import { spawn } from 'node:child_process';
import { closeSync, fchownSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const POLL_MS = 25;

let config;
let postgres;
let isEnding = false;
/** Why the keeper itself cannot go on, as on a full disk. */
let fault = '';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
process.on('disconnect', () => end(config?.orphanedMs));
process.on('message', (message) => {
  if (message.kind === 'start') orGiveUp(() => start(message));
  else end(config?.stopMs);
});

function orGiveUp(work) {
  try {
    work();
  } catch (error) {
    fault = `${String(error)}\n`;
    if (postgres === undefined) finish('');
    else end(config.stopMs);
  }
}

/** A parent that is gone hears nothing, and that is no reason to leave Postgres behind. */
function tell(message) {
  process.send?.(message, () => undefined);
}

function start(message) {
  config = message;
  // The log of one run: kept small by what is logged, and begun anew at every start.
  const log = openSync(config.logFile, 'w', 0o600);
  if (config.user !== undefined) fchownSync(log, config.user.uid, config.user.gid);
  postgres = spawn(config.program, config.args, {
    ...config.user,
    cwd: '/',
    detached: true,
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  postgres.on('error', (error) => finish(String(error)));
  postgres.on('exit', () => finish(readFileSync(config.logFile, 'utf8')));
  awaitReady();
}

/** Line 8 of postmaster.pid is what pg_ctl looks at, too. */
function awaitReady() {
  if (isEnding) return;
  if (isReady()) {
    orGiveUp(() => {
      const beside = `${config.infoFile}.${process.pid}`;
      writeFileSync(beside, `${JSON.stringify({ url: config.url, pid: postgres.pid })}\n`, { mode: 0o600 });
      renameSync(beside, config.infoFile);
      tell({ kind: 'ready', pid: postgres.pid });
    });
  } else {
    setTimeout(awaitReady, POLL_MS);
  }
}

function isReady() {
  try {
    const lines = readFileSync(config.pidFile, 'utf8').split('\n');
    return Number(lines[0]) === postgres.pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

/** Milliseconds until an immediate shutdown and until SIGKILL, of the limits that the parent sent. */
function end(patience) {
  if (postgres === undefined) process.exit(0);
  const [immediateAfterMs, killAfterMs] = patience;
  // A parent may die while an orderly stop is under way: then its shorter patience counts, too.
  isEnding = true;
  postgres.kill('SIGINT');
  setTimeout(() => postgres.kill('SIGQUIT'), immediateAfterMs);
  setTimeout(() => killGroup(), killAfterMs);
}

function killGroup() {
  try {
    process.kill(-postgres.pid, 'SIGKILL');
  } catch {
    // It ended at the last moment.
  }
}

function finish(output) {
  try {
    rmSync(config.infoFile, { force: true });
  } catch {
    // A directory that was removed meanwhile holds no information about a server any more.
  }
  tell({ kind: 'ended', output: fault + output, isExpected: isEnding && fault === '' });
  setTimeout(() => process.exit(0), POLL_MS);
}
