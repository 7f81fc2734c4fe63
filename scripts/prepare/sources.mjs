import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { ROOT } from './paths.mjs';

const FOLDERS = ['apps', 'libs', 'bench', 'examples', 'scripts'];
const FILES = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'];
/** What a build does not read: tests beside the source. */
const IGNORED = /\.spec\.ts$/;

/** Files below a folder, relative to the root, with `/`, sorted. */
export function filesBelow(folder) {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length).replaceAll(sep, '/'))
    .sort();
}

/** By content, not by time: a checkout that changes nothing builds nothing. */
export function hashSources() {
  const hash = createHash('sha256');
  const files = [...FOLDERS.flatMap(filesBelow).filter((file) => !IGNORED.test(file)), ...FILES];
  for (const file of files) {
    const path = join(ROOT, file);
    if (existsSync(path)) hash.update(`${file}\0`).update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}
