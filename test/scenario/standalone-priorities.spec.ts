import { readdir, readFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { removeDataDir, startStandalone, type StandaloneProcess } from '../support/standalone.js';

/** Of the line in `/proc`, behind the name in parentheses: how far a thread stands back. */
const NICE_FIELD = 16;

let app: StandaloneProcess;
beforeAll(async () => {
  app = await startStandalone();
});
afterAll(async () => {
  await app.end();
  await removeDataDir(app.dataDir);
});

/** How far each thread of a process stands back; none where the system gives threads no priority of their own. */
async function priorities(pid: number): Promise<readonly number[]> {
  if (process.platform !== 'linux') return [];
  const threads = await readdir(`/proc/${pid}/task`);
  const lines = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8')));
  return lines.map((line) => Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[NICE_FIELD]));
}

describe('the threads of standalone', () => {
  it('that fold usage stand back behind those that answer, where a thread can', async () => {
    const own = getPriority(app.pid);
    const standingBack = (await priorities(app.pid)).filter((priority) => priority > own);
    expect(standingBack).toHaveLength(process.platform === 'linux' ? 2 : 0);
  });
});
