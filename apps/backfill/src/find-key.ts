import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BackfillFailed } from './backfill-failed.js';

/** `CREDITFOLD_API_KEY`, else `CREDITFOLD_ADMIN_KEY`, else the data directory's. @throws {BackfillFailed} */
export async function findKey(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const given = [env['CREDITFOLD_API_KEY'], env['CREDITFOLD_ADMIN_KEY']].find((key) => key !== undefined && key !== '');
  if (given !== undefined) return given;
  const file = join(env['CREDITFOLD_DATA_DIR'] ?? './data', 'admin-key');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new BackfillFailed(
      'KeyRequired',
      `set CREDITFOLD_API_KEY, or CREDITFOLD_DATA_DIR to the directory of a standalone: ${file} cannot be read.`,
      { cause },
    );
  }
}
