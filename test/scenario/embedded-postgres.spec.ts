import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool, POSTGRES_LIMITS, readPostgresInfo, startEmbeddedPostgres } from '@app/postgres';
import type { EmbeddedPostgres } from '@app/postgres';
import { eventually } from '../support/eventually.js';
import { transpileLib } from '../support/transpile-lib.js';

let lib: { readonly directory: string; readonly url: string };
let dataDir: string;
const parents: ChildProcess[] = [];
beforeAll(async () => {
  lib = await transpileLib('postgres');
});
afterAll(async () => rm(lib.directory, { recursive: true, force: true }));
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'embedded-'));
  await chmod(dataDir, 0o711);
});
afterEach(async () => {
  for (const parent of parents.splice(0)) parent.kill('SIGKILL');
  await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
});

const start = async (port?: number): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ dataDir, settings: { shared_buffers: '64MB' }, ...(port === undefined ? {} : { port }) });

interface Holder {
  readonly parent: ChildProcess;
  readonly url: string;
  readonly pid: number;
}

async function hold(): Promise<Holder> {
  const script = resolve('test/support/hold-data-directory.mjs');
  const parent = spawn(process.execPath, [script, lib.url, dataDir], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  parents.push(parent);
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  return { parent, ...(JSON.parse(line.toString('utf8')) as { url: string; pid: number }) };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function query(url: string, text: string): Promise<unknown[]> {
  const pool = createPool(url, { applicationName: 'test', max: 1 });
  try {
    return (await pool.query<object>(text)).rows;
  } finally {
    await pool.end();
  }
}

describe('an embedded Postgres', () => {
  /** Measured by the keeper, which ends with SIGKILL what has not ended before. */
  it('has ten seconds at most to end without its parent', () => {
    expect(Math.max(...POSTGRES_LIMITS.keeperOrphanedMs)).toBeLessThan(10_000);
  });

  it('keeps its rows over a stop, is durable, and tells where it is only while it runs', async () => {
    const first = await start();
    await query(first.url, 'create table cups as select 7 as id');
    expect(await query(first.url, 'show fsync')).toEqual([{ fsync: 'on' }]);
    expect(await query(first.url, 'show synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
    expect(await readPostgresInfo(dataDir)).toEqual({ url: first.url, pid: first.pid });
    for (const secret of ['postgres.json', 'postgres-password', 'lock']) {
      expect((await stat(join(dataDir, secret))).mode & 0o777).toBe(0o600);
    }
    await first.stop();
    expect(isRunning(first.pid)).toBe(false);
    expect(await readPostgresInfo(dataDir)).toBeUndefined();
    const second = await start();
    expect(await query(second.url, 'select id from cups')).toEqual([{ id: 7 }]);
    await second.stop();
    expect(await readdir(dataDir)).not.toContain('lock');
  });

  it('ends after the kill -9 of its parent; a start waits for that and finds what was committed', async () => {
    const { parent, url, pid } = await hold();
    await query(url, 'create table cups as select 7 as id');
    parent.kill('SIGKILL');
    const successor = await start();
    expect(isRunning(pid)).toBe(false);
    expect(await query(successor.url, 'select id from cups')).toEqual([{ id: 7 }]);
    await successor.stop();
  });

  it('ends after the kill -9 of its parent while clients hang on to it, without any successor', async () => {
    const { parent, url, pid } = await hold();
    const pool = createPool(url, { applicationName: 'test', max: 1 });
    const hanging = pool.query('select pg_sleep(60)').catch((error: unknown) => error);
    const held = `select from pg_stat_activity where query = 'select pg_sleep(60)' and state = 'active'`;
    await eventually('a client hangs on to it', async () => (await query(url, held)).length > 0);
    parent.kill('SIGKILL');
    await eventually('it ends', () => !isRunning(pid));
    expect(await hanging).toBeInstanceOf(Error);
    await pool.end();
  });

  it('outlives a Ctrl-C in the terminal of its parent', async () => {
    const { parent, url } = await hold();
    process.kill(-(parent.pid ?? NaN), 'SIGINT');
    await once(parent.stdout ?? parent, 'data');
    await sleep(500);
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('a data directory', () => {
  it('has one holder: another start is refused at once', async () => {
    await hold();
    const askedAtMs = Date.now();
    await expect(start()).rejects.toMatchObject({ code: 'DataDirectoryInUse' });
    expect(Date.now() - askedAtMs).toBeLessThan(POSTGRES_LIMITS.dataDirectoryWaitMs);
  });

  it('is waited for while its holder is ending', async () => {
    const first = await start();
    await first.announceEnding();
    const waiting = start();
    await sleep(300);
    await first.stop();
    const second = await waiting;
    expect(second.pid).not.toBe(first.pid);
    await second.stop();
  });

  it('is taken over from a dead process, also when its pid was given out again', async () => {
    const lock = { pid: process.pid, startedAt: 'long ago', token: 'another', isEnding: false };
    await writeFile(join(dataDir, 'lock'), JSON.stringify(lock));
    const server = await start();
    expect(JSON.parse(await readFile(join(dataDir, 'lock'), 'utf8'))).not.toMatchObject({ token: 'another' });
    await server.stop();
  });

  it('of another version is refused, and free again', async () => {
    await writeFile(join(dataDir, 'format'), '99\n');
    await expect(start()).rejects.toMatchObject({ code: 'DataDirectoryVersion' });
    expect(await readdir(dataDir)).not.toContain('lock');
  });
});

it('says that a port is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(start(port)).rejects.toMatchObject({ code: 'PortInUse' });
  other.close();
});
