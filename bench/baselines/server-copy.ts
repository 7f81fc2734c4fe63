import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { perSecond, WrongTotal } from '../figure.js';
import { makeDirectory, removeDirectory } from '../system/service.js';
import { onDatabase } from './database.js';

/**
 * The same bytes by COPY, one commit a batch, from files that the server itself reads: nothing is parsed, checked or
 * sent over a connection. Lines a second.
 */
export async function serverCopy(url: string, batches: readonly (readonly string[])[]): Promise<number> {
  const directory = await makeDirectory();
  try {
    const files = batches.map((_, index) => join(directory, `${index}.txt`));
    await Promise.all(files.map((file, index) => writeFile(file, `${batches[index]?.join('\n')}\n`, { mode: 0o644 })));
    return await onDatabase(url, 1, async ([client]) => {
      if (client === undefined) throw new Error('no connection');
      await client.query('create table bench.lines (line text not null)');
      const startedMs = performance.now();
      for (const file of files) await client.query(`copy bench.lines from '${file}'`);
      const ms = performance.now() - startedMs;
      const { rows } = await client.query<{ readonly lines: string }>('select count(*) as lines from bench.lines');
      const wanted = batches.reduce((sum, batch) => sum + batch.length, 0);
      if (Number(rows[0]?.lines) !== wanted) throw new WrongTotal(`COPY took ${rows[0]?.lines} lines, not ${wanted}`);
      return perSecond(wanted, ms);
    });
  } finally {
    await removeDirectory(directory);
  }
}
