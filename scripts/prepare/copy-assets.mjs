import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './paths.mjs';
import { filesBelow } from './sources.mjs';

/** What the compiler leaves behind and programs read at run time: statements, migrations, the keeper, examples. */
const ASSET = /\.(sql|mjs|json)$/;
const IS_CONFIG = /(^|\/)tsconfig[^/]*\.json$/;
const FOLDERS = ['apps', 'libs', 'bench', 'examples'];
const COMPILED = /(\.d)?\.(js|ts)(\.map)?$/;

function sourceOf(output) {
  const relative = output.slice('dist/'.length);
  return COMPILED.test(relative) ? relative.replace(COMPILED, '.ts') : relative;
}

/** Copies assets beside the compiled code, and removes what no source stands for: a removed migration must not run. */
export function copyAssets() {
  const sources = FOLDERS.flatMap(filesBelow);
  for (const file of sources.filter((each) => ASSET.test(each) && !IS_CONFIG.test(each))) {
    const target = join(ROOT, 'dist', file);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(ROOT, file), target);
  }
  const known = new Set(sources);
  for (const output of FOLDERS.flatMap((folder) => filesBelow(`dist/${folder}`))) {
    if (!known.has(sourceOf(output))) rmSync(join(ROOT, output));
  }
}
