import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** The user that Postgres runs as; undefined when that is this process's own. */
export type OperatingUser = { readonly uid: number; readonly gid: number } | undefined;

const run = promisify(execFile);
const USER = 'postgres';

async function idOf(flag: '-u' | '-g'): Promise<number> {
  const { stdout } = await run('id', [flag, USER]);
  return Number(stdout.trim());
}

/** Postgres refuses to run as root: then it runs as the user `postgres`, which is created when missing. */
export async function findOperatingUser(): Promise<OperatingUser> {
  if (process.getuid?.() !== 0) return undefined;
  try {
    return { uid: await idOf('-u'), gid: await idOf('-g') };
  } catch {
    try {
      await run('groupadd', ['--system', '--force', USER]);
      await run('useradd', ['--system', '--gid', USER, '--no-create-home', '--shell', '/usr/sbin/nologin', USER]);
      return { uid: await idOf('-u'), gid: await idOf('-g') };
    } catch (error) {
      // Two first starts at once may both try to create the user: whoever was second finds it now.
      const [uid, gid] = await Promise.all([idOf('-u').catch(() => NaN), idOf('-g').catch(() => NaN)]);
      if (Number.isInteger(uid) && Number.isInteger(gid)) return { uid, gid };
      throw new EmbeddedPostgresError(
        'PostgresStartFailed',
        `started as root, Postgres needs a user named ${USER}, which could not be created: start as another user`,
        { cause: error },
      );
    }
  }
}

/** @throws {EmbeddedPostgresError} `DirectoryNotSearchable`, naming the directory, when the user cannot reach `path` */
export async function assertReachable(path: string, user: OperatingUser): Promise<void> {
  if (user === undefined) return;
  for (let directory = path; ; directory = dirname(directory)) {
    const { mode, uid, gid } = await stat(directory);
    const searchBit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & searchBit) === 0) {
      throw new EmbeddedPostgresError(
        'DirectoryNotSearchable',
        `Postgres runs as user ${USER}, to whom ${directory} is closed (needed for ${path}): ` +
          `run "chmod o+x ${directory}", or start as a user other than root`,
      );
    }
    if (directory === dirname(directory)) return;
  }
}
