import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startEmbeddedPostgres } from '@app/postgres';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { ReadModels } from '@app/read-models';
import { runReplay } from '../../apps/replay/src/index.js';
import { liveThrough, ReplayWorld } from '../support/replay-world.js';

async function run(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  let [out, err] = ['', ''];
  const terminal = {
    out: (text: string): void => void (out += text),
    err: (text: string): void => void (err += text),
  };
  return { code: await runReplay(args, env, terminal), out, err };
}

describe('the command line of replay', () => {
  it.each([
    ['an unknown flag', ['verify', '--fast'], '--fast'],
    ['a number of threads that shares nothing evenly', ['verify', '--threads', '3'], '1, 2 or 4'],
    ['an unknown command', ['prove'], 'prove'],
    ['no command', [], 'Usage'],
    ['an argument too many', ['verify', 'now'], 'too many arguments'],
    ['no organisation', ['balance'], '--organisation'],
    ['an empty organisation', ['balance', '--organisation', ''], 'must not be empty'],
    ['a time without a zone', ['balance', '--organisation', 'a', '--at', '2026-01-01'], 'zone'],
    ['neither event nor entry', ['explain', '--organisation', 'a'], '--source and --event, or --entry'],
    ['a source without an event', ['explain', '--organisation', 'a', '--source', 's'], '--source and --event'],
    [
      'event and entry',
      ['explain', '--organisation', 'a', '--source', 's', '--event', 'e', '--entry', '1-0'],
      '--entry',
    ],
  ])('answers 2 and the usage to %s', async (_name, args, words) => {
    const { code, err } = await run({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }, ...args);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(words) });
  });

  it('helps', async () => {
    const { code, out } = await run({}, '--help');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('verify') });
  });

  it.each([
    ['a server that does not answer', { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }],
    ['an url that is none', { DATABASE_URL: 'nonsense' }],
    ['a store that it cannot read', { KURRENTDB_URL: 'esdb://127.0.0.1:1?tls=false' }],
  ])('answers 1 to %s', async (_name, env) => {
    const { code, err } = await run(env, 'verify');
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('NoStreams') });
  });

  it('makes nothing in a directory without a database', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'replay-'));
    try {
      const { code, err } = await run({ CREDITFOLD_DATA_DIR: dataDir }, 'verify');
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(dataDir) });
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });
});

describe('replay on a data directory', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startTestPostgres();
  });
  afterAll(() => server.stop());

  it('uses the running server, rebuilds beside the live rows, and says when nothing was ever started', async () => {
    const env = { CREDITFOLD_DATA_DIR: server.dataDir };
    expect(await run(env, 'verify')).toMatchObject({ code: 1, err: expect.stringContaining('holds no streams') });
    const world = await ReplayWorld.create(server.url);
    await liveThrough(world, 'acme');
    await world.project();
    // A rebuild that was killed leaves a generation that nobody finishes.
    const models = await ReadModels.connect({ url: server.url, name: 'killed' });
    await models.generations.create('accounts');
    await models.close();
    const first = await run(env, 'rebuild', '--json');
    expect(first.code).toBe(0);
    expect(JSON.parse(first.out)).toMatchObject({ lanes: [{ lane: 'accounts' }, { lane: 'usage' }] });
    expect((await run(env, 'rebuild')).out).toContain('is live');
    const { rows } = await world.sql.query(`select lane from creditfold_reads.generations where state = 'live'`);
    expect(rows).toHaveLength(2);
    await world.close();
    expect(await run(env, 'verify')).toMatchObject({ code: 0, out: expect.stringContaining('All is proven') });
  });

  it('starts and ends the server itself when none is running', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'replay-'));
    await chmod(dataDir, 0o711);
    try {
      const running = await startEmbeddedPostgres({ dataDir });
      const world = await ReplayWorld.create(running.url);
      await liveThrough(world, 'acme');
      await world.close();
      await running.stop();
      const verified = await run({ CREDITFOLD_DATA_DIR: dataDir }, 'verify', '--organisation', 'acme');
      expect(verified).toMatchObject({ code: 0, err: '' });
      // It has ended: the next one has the directory to itself.
      expect(await run({ CREDITFOLD_DATA_DIR: dataDir }, 'balance', '--organisation', 'acme')).toMatchObject({
        code: 0,
      });
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
