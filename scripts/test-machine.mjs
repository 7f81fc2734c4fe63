#!/usr/bin/env node
// Faults of the machine itself: full disks. Needs the right to mount a file system: root's, or Linux' own namespaces.
// `--check` only says whether this machine lets us: exit code 0, or the reason and 1.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail } from './prepare/fail.mjs';
import { prepare } from './prepare/prepare.mjs';
import { runJest } from './testing/run-jest.mjs';

/** The user stays who it is (Postgres refuses root), and may mount what only its own processes see. */
const NAMESPACE = ['unshare', '--user', '--map-current-user', '--keep-caps', '--mount'];

function canMount(prefix) {
  const directory = mkdtempSync(join(tmpdir(), 'may-mount-'));
  const command = `mount -t tmpfs -o size=1m tmpfs '${directory}' && umount '${directory}'`;
  const { status } = spawnSync(prefix[0] ?? 'sh', [
    ...prefix.slice(1),
    ...(prefix.length > 0 ? ['sh'] : []),
    '-c',
    command,
  ]);
  rmdirSync(directory);
  return status === 0;
}

const args = process.argv.slice(2);
const isCheck = args[0] === '--check';
const isFree = canMount([]);
if (!isFree && !canMount(NAMESPACE)) {
  const reason = 'this user may not mount a file system here: run it as root, or where users may unshare';
  if (isCheck) console.log(reason);
  else fail(`CannotMount: ${reason}.`);
  process.exit(1);
}
if (isCheck) process.exit(0);
if (!isFree) {
  const [program, ...options] = NAMESPACE;
  const again = [...options, process.execPath, fileURLToPath(import.meta.url), ...args];
  process.exit(spawnSync(program, again, { stdio: 'inherit' }).status ?? 1);
}
await prepare();
process.exit((await runJest('machine', ['--config', 'jest.machine.config.mjs'], args)) ? 0 : 1);
