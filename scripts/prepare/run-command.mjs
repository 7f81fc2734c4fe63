import { spawn } from 'node:child_process';
import { ROOT } from './paths.mjs';

/**
 * Runs a program in the project's root and resolves with its exit code. Its output goes to stderr, so that a command's
 * own output stays alone on stdout.
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
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal === null ? code : 128));
  });
}
