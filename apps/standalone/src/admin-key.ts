import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataDirectoryFault } from '@app/postgres';
import { LIMITS } from './limits.js';
import { StartRefused } from './start-refused.js';

export interface AdminKey {
  readonly key: string;
  /** Where a generated key lies; null when the key came from the environment. */
  readonly file: string | null;
}

/** The administrator's key: the given one, else the data directory's, which the first start generates (0600). */
export async function findAdminKey(given: string | undefined, dataDir: string): Promise<AdminKey> {
  if (given !== undefined) return { key: given, file: null };
  const file = join(dataDir, 'admin-key');
  try {
    await mkdir(dataDir, { recursive: true });
    await makeKeyFile(file);
  } catch (error) {
    throw dataDirectoryFault(error, dataDir);
  }
  const key = (await readFile(file, 'utf8')).trim();
  if (key.length >= LIMITS.adminKeyCharsMin) return { key, file };
  throw new StartRefused('InvalidSetting', `${file} holds no key; remove it, and the next start makes a new one.`);
}

/** A link appears whole, and only where there was none: a crash leaves no half a key, two starts make one. */
async function makeKeyFile(file: string): Promise<void> {
  const beside = `${file}.${process.pid}`;
  try {
    await writeFile(beside, `cf_${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
    await link(beside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(beside, { force: true });
  }
}
