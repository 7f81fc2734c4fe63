import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.mjs';
import { figuresOfAcknowledged, figuresOfService, Producer } from '../support/producer.js';
import { runApp } from '../support/run-app.js';
import { SmallDisk } from '../support/small-disk.js';
import { drained, StandaloneProcess } from '../support/standalone.js';

const DISK_MEGABYTES = 320;
const run = promisify(execFile);

let disk: SmallDisk;
let dataDir: string;
let env: Readonly<Record<string, string>>;
let app: StandaloneProcess;
/** The write-ahead log's own disk, where a story has one. */
let logDirectory: string | undefined;
const producers: Producer[] = [];

beforeEach(async () => {
  disk = await SmallDisk.mount(DISK_MEGABYTES);
  dataDir = join(disk.directory, 'data');
  // One port for all runs, so that producers find the service again.
  env = { PORT: String(await freePort()) };
});

afterEach(async () => {
  await disk.free();
  // A producer stops when it is acknowledged: what a failed test left behind gets its answer, too.
  if (producers.length > 0) {
    app = await start();
    await Promise.all(producers.splice(0).map((producer) => producer.end()));
  }
  await app.end('SIGKILL');
  await eventually('the disk is not used any more', () => disk.unmount().then(() => true));
  if (logDirectory !== undefined) await rm(logDirectory, { recursive: true, maxRetries: 20, retryDelay: 500 });
  logDirectory = undefined;
});

const spawn = (): Promise<StandaloneProcess> => StandaloneProcess.spawn({ dataDir, env });
const health = async (): Promise<string> => (await app.client.get('/health/ready', { key: null })).text;
const start = async (): Promise<StandaloneProcess> => (await spawn()).ready();

/** A message for people and no stack, whatever the log said before it. */
const DISK_FULL = {
  code: 1,
  output: expect.stringMatching(/^DiskFull: .*no space is left .*: make room, then start again.*\n(?!\s+at )/m),
};

/** I3, I8: everything that was acknowledged is charged once, and the streams prove it. */
async function expectNothingLost(): Promise<void> {
  const ended = producers.splice(0);
  await Promise.all(ended.map((producer) => producer.end()));
  await drained(app.client);
  expect(ended.flatMap(({ acknowledged }) => acknowledged).length).toBeGreaterThan(0);
  expect(await figuresOfService(app.client)).toEqual(figuresOfAcknowledged(ended));
  const verified = await runApp('replay', ['verify'], { ...env, CREDITFOLD_DATA_DIR: dataDir });
  expect([verified.code, verified.stderr]).toEqual([0, '']);
  expect((await app.end()).code).toBe(0);
}

describe('a full disk (F32)', () => {
  it.each([0, 10])(
    'refuses a first start with %i MB left, leaves nothing behind that is in the way, and starts with room',
    async (megabytes) => {
      await disk.fill(megabytes);
      app = await spawn();
      expect(await app.ended).toEqual(DISK_FULL);
      await disk.free();
      app = await start();
      expect((await app.end()).code).toBe(0);
    },
  );

  it('without room for the write-ahead log ends the process; starts are refused, and with room it goes on', async () => {
    app = await start();
    producers.push(new Producer(() => app.client, 'one'), new Producer(() => app.client, 'two'));
    await eventually('usage is taken', () => producers.every(({ acknowledged }) => acknowledged.length > 0));
    await disk.fill();
    expect(await app.ended).toEqual(DISK_FULL);
    app = await spawn();
    expect(await app.ended).toEqual(DISK_FULL);
    await disk.free();
    app = await start();
    await expectNothingLost();
  });
});

describe('a full disk, with the write-ahead log on another one (F32)', () => {
  /** Tables cannot grow then, while commits can be written. */
  beforeEach(async () => {
    app = await start();
    await app.end();
    logDirectory = await mkdtemp(join(tmpdir(), 'wal-'));
    await chmod(logDirectory, 0o711);
    const log = join(dataDir, 'postgres', 'pg_wal');
    await run('cp', ['-a', log, join(logDirectory, 'pg_wal')]);
    await rm(log, { recursive: true });
    await symlink(join(logDirectory, 'pg_wal'), log);
    app = await start();
    producers.push(new Producer(() => app.client, 'one'));
    await eventually('usage is taken', () => (producers[0]?.acknowledged.length ?? 0) > 0);
    await disk.fill();
    await eventually('usage is refused', () => producers[0]?.lastStatus === 503);
  });

  it('turns health red and is over by itself when there is room again', async () => {
    // Whichever part wrote last: the aggregator may have had nothing left to decide.
    await eventually('health names it', async () => (await health()).includes('(DiskFull'));
    // Answers need no room.
    expect((await app.client.get('/v1/plans')).status).toBe(200);
    await disk.free();
    await eventually('health is green again', async () => (await health()).startsWith('{"status":"ok"'));
    await expectNothingLost();
  });

  it('ends the process when it stays full, and the next start goes on', async () => {
    expect(await app.ended).toEqual(DISK_FULL);
    await disk.free();
    app = await start();
    await expectNothingLost();
  });
});
