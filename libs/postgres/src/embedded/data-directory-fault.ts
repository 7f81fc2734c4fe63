import { EmbeddedPostgresError } from './embedded-postgres-error.js';

const FULL = new Set(['ENOSPC', 'EDQUOT']);
/** ENOENT: what making a path on a read-only file system comes to. */
const UNUSABLE = new Set(['ENOENT', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG']);

/** What a failed call of the file system means to whoever chose this data directory; any other error as it is. */
export function dataDirectoryFault(error: unknown, dataDir: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  if (FULL.has(error.code)) {
    const what = `no space is left for ${dataDir}: make room, then start again; nothing acknowledged is lost`;
    return new EmbeddedPostgresError('DiskFull', what, { cause: error });
  }
  if (!UNUSABLE.has(error.code)) return error;
  const what = `${dataDir} cannot be made or written (${error.message}): choose another data directory, or let this user write it`;
  return new EmbeddedPostgresError('DataDirectoryUnusable', what, { cause: error });
}
