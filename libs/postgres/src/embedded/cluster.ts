import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';
import { explainFailure } from './explain-failure.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { OperatingUser } from './operating-user.js';

/** Raised when the layout of the data directory changes in a way that an older program cannot read. */
const FORMAT = '1';
const CLUSTER = 'postgres';
const INITIALISING = 'postgres-initialising-';
const POSTGRES_MAJOR = '18';

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    return undefined;
  }
}

async function refuseOtherVersions(dataDir: string): Promise<void> {
  const format = await readIfThere(join(dataDir, 'format'));
  if (format !== undefined && format !== FORMAT) {
    throw new EmbeddedPostgresError(
      'DataDirectoryVersion',
      `${dataDir} has format ${format}, this version reads format ${FORMAT}: start the version that wrote it`,
    );
  }
  const major = await readIfThere(join(dataDir, CLUSTER, 'PG_VERSION'));
  if (major !== undefined && major !== POSTGRES_MAJOR) {
    throw new EmbeddedPostgresError(
      'DataDirectoryVersion',
      `${dataDir} was written by Postgres ${major}, this version brings Postgres ${POSTGRES_MAJOR}`,
    );
  }
}

async function runInitdb(binaries: Binaries, args: readonly string[], user: OperatingUser): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn(binaries.initdb, args, { ...user, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
    let complaints = '';
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString('utf8')));
    child.on('error', (error) => reject(explainFailure('initdb', String(error))));
    child.on('close', (code) => (code === 0 ? resolve() : reject(explainFailure('initdb', complaints))));
  });
}

async function initialise(dataDir: string, binaries: Binaries, user: OperatingUser): Promise<void> {
  const beside = join(dataDir, `${INITIALISING}${process.pid}`);
  const passwordFile = join(dataDir, 'postgres-password');
  await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  await mkdir(beside, { mode: 0o700 });
  if (user !== undefined) {
    await chown(beside, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  const args = [`--pgdata=${beside}`, `--pwfile=${passwordFile}`, '--username=postgres', '--auth=scram-sha-256'];
  try {
    await runInitdb(binaries, [...args, '--encoding=UTF8', '--locale=C'], user);
    // A cluster that was being made when the machine stopped is never taken for a whole one.
    await rename(beside, join(dataDir, CLUSTER));
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error;
  }
}

/**
 * The cluster below `dataDir`, made when there is none, and the password of its user `postgres`. Needs the lock.
 * @throws {EmbeddedPostgresError} `DataDirectoryVersion`, `DiskFull`, `PostgresStartFailed`
 */
export async function ensureCluster(
  dataDir: string,
  binaries: Binaries,
  user: OperatingUser,
): Promise<{ readonly directory: string; readonly password: string }> {
  await refuseOtherVersions(dataDir);
  const entries = await readdir(dataDir);
  const leftovers = entries.filter((entry) => entry.startsWith(INITIALISING));
  await Promise.all(leftovers.map((entry) => rm(join(dataDir, entry), { recursive: true, force: true })));
  if (!entries.includes(CLUSTER)) await initialise(dataDir, binaries, user);
  await writeFile(join(dataDir, 'format'), `${FORMAT}\n`);
  const password = await readIfThere(join(dataDir, 'postgres-password'));
  if (password === undefined) {
    throw new EmbeddedPostgresError('PostgresStartFailed', `${dataDir}/postgres-password is missing: restore it`);
  }
  return { directory: join(dataDir, CLUSTER), password };
}
