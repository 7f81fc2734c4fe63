import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';

const PREPARE = pathToFileURL(resolve('scripts/prepare')).href;
/** Takes the lock as an install does, and runs a program that tells its pid and takes its time. */
const INSTALLING = `
  import { runCommand } from '${PREPARE}/run-command.mjs';
  import { withLock } from '${PREPARE}/with-lock.mjs';
  const program = "require('fs').writeFileSync(process.argv[1] + '.child', String(process.pid)); setTimeout(() => {}, 600_000)";
  await withLock(process.argv[1], () => runCommand(process.execPath, ['-e', program, process.argv[1]]));`;
const TAKING = `
  import { withLock } from '${PREPARE}/with-lock.mjs';
  await withLock(process.argv[1], async () => process.stdout.write('taken'));`;

let directory: string;
let lock: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'preparing-'));
  lock = join(directory, 'lock');
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(directory, { recursive: true });
});

function run(program: string, stderr: 'inherit' | 'pipe' = 'inherit'): ChildProcess {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, lock], {
    stdio: ['ignore', 'pipe', stderr],
  });
  started.push(child);
  return child;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function installing(): Promise<{ readonly command: ChildProcess; readonly program: number }> {
  const command = run(INSTALLING);
  let program = 0;
  // The file is there a moment before its text is.
  await eventually('it runs', async () => (program = Number(await readFile(`${lock}.child`, 'utf8'))) > 0);
  await eventually('it is written down', async () => (await readFile(lock, 'utf8')).includes(' '));
  return { command, program };
}

describe('what installs and builds before a command', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends with its programs on %s, and leaves no lock', async (signal, code) => {
    const { command, program } = await installing();
    command.kill(signal);
    expect(await once(command, 'close')).toEqual([code, null]);
    expect(isAlive(program)).toBe(false);
    expect(existsSync(lock)).toBe(false);
  });

  it('is waited for while its program outlives it: two installs at once would spoil each other', async () => {
    const { command, program } = await installing();
    command.kill('SIGKILL');
    await once(command, 'close');
    const next = run(TAKING, 'pipe');
    let [said, told] = ['', ''];
    next.stdout?.on('data', (text) => (said += String(text)));
    next.stderr?.on('data', (text) => (told += String(text)));
    await eventually('it waits', () => told.includes('Waiting for another command'));
    await new Promise((done) => setTimeout(done, 1_000));
    expect(said).toBe('');
    process.kill(program, 'SIGKILL');
    await once(next, 'close');
    expect(said).toBe('taken');
  });
});
