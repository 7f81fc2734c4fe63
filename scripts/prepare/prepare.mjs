import { join } from 'node:path';
import { build, isBuilt } from './build.mjs';
import { install, isInstalled } from './install.mjs';
import { requireNodeVersion } from './node-version.mjs';
import { ROOT } from './paths.mjs';
import { withLock } from './with-lock.mjs';

const LOCK = join(ROOT, 'dist', '.preparing');

/** Everything between a fresh clone and a program that runs. Quiet and fast when there is nothing to do. */
export async function prepare({ isForced = false, needsBuild = true } = {}) {
  requireNodeVersion();
  const isReady = () => isInstalled() && (!needsBuild || isBuilt());
  if (!isForced && isReady()) return;
  await withLock(LOCK, async () => {
    await install();
    if (needsBuild && (isForced || !isBuilt())) await build();
  });
}
