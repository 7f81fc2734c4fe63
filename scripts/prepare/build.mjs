import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyAssets } from './copy-assets.mjs';
import { fail } from './fail.mjs';
import { ROOT } from './paths.mjs';
import { runCommand } from './run-command.mjs';
import { hashSources } from './sources.mjs';

const STAMP = join(ROOT, 'dist', '.built-from');
const NEST = join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');

export function isBuilt() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hashSources();
}

/** Compiles every app and lib at once, the way the Nest CLI rewrites `@app/…` for plain Node, into `dist/`. */
export async function build() {
  // Taken before the compiler reads: what is edited meanwhile is built by the next command.
  const hash = hashSources();
  rmSync(STAMP, { force: true });
  process.stderr.write('Building ...\n');
  const code = await runCommand(process.execPath, [NEST, 'build', 'standalone', '--path', 'tsconfig.build.json']);
  if (code !== 0) fail('BuildFailed: the compiler says above what is wrong.');
  copyAssets();
  writeFileSync(STAMP, hash);
}
