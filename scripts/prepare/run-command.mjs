import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ROOT } from './paths.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Whose turn it is to hear of children: see `with-lock.mjs`. */
const listeners = new Set();

/** Calls `listener` with the pid of every program that is started from now on; answers what ends that. */
export function onChild(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Runs a program in the project's root and resolves with its exit code. Its output goes to stderr, so that a command's
 * own output stays alone on stdout. A signal ends the program first and then this one: nothing goes on in the
 * background of a terminal that has its prompt back.
 */
export function runCommand(program, args, { env = {}, output = 'stderr' } = {}) {
  return new Promise((resolve, reject) => {
    const stdout = { stdout: 1, stderr: 2, ignore: 'ignore' }[output];
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', stdout, 2],
      shell: process.platform === 'win32',
    });
    let wish;
    const end = (signal) => {
      wish = signal;
      // At once: npm would finish what it is doing first. What is half done is begun anew by the next command.
      child.kill('SIGKILL');
    };
    for (const signal of SIGNALS) process.on(signal, end);
    for (const listener of listeners) listener(child.pid);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const each of SIGNALS) process.off(each, end);
      if (wish === undefined) resolve(signal === null ? code : 128);
      else process.exit(128 + constants.signals[wish]);
    });
  });
}
