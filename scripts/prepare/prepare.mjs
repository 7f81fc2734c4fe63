import { join } from 'node:path';
import { build, isBuilt } from './build.mjs';
import { fail } from './fail.mjs';
import { install, isInstalled } from './install.mjs';
import { requireNodeVersion } from './node-version.mjs';
import { ROOT } from './paths.mjs';
import { withLock } from './with-lock.mjs';

/** What a file system says that takes nothing. */
const UNWRITABLE = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT']);

const LOCK = join(ROOT, 'dist', '.preparing');

/** Everything between a fresh clone and a program that runs. Quiet and fast when there is nothing to do. */
export async function prepare({ isForced = false, needsBuild = true } = {}) {
  requireNodeVersion();
  const isReady = () => isInstalled() && (!needsBuild || isBuilt());
  if (!isForced && isReady()) return;
  try {
    await withLock(LOCK, async () => {
      await install();
      if (needsBuild && (isForced || !isBuilt())) await build();
    });
  } catch (error) {
    if (!UNWRITABLE.has(error.code)) throw error;
    fail(`CheckoutNotWritable: this checkout has to be installed or built first, and cannot be: ${error.message}`);
  }
}
