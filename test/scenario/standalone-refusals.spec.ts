import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeDataDir, removeDataDir, StandaloneProcess, startStandalone } from '../support/standalone.js';
import type { StandaloneOptions } from '../support/standalone.js';

const CATALOG = 'examples/catalogs/getting-started.json';

async function refusalOf(options: StandaloneOptions): Promise<string> {
  const { code, output } = await (await StandaloneProcess.spawn(options)).ended;
  expect(code).toBe(1);
  // A message for people, not a stack.
  expect(output).not.toMatch(/^\s+at /m);
  return output;
}

describe('a start that cannot go on says why, exits with 1, and damages nothing', () => {
  let dataDir: string;
  let scratch: string;

  beforeAll(async () => {
    dataDir = await makeDataDir();
    scratch = await mkdtemp(join(tmpdir(), 'catalogs-'));
  });

  afterAll(async () => {
    await removeDataDir(dataDir);
    await rm(scratch, { recursive: true });
  });

  it.each([
    ['PORT', 'http'],
    ['CREDITFOLD_ADMIN_KEY', 'short'],
    ['CREDITFOLD_FEED_RETENTION', 'a day'],
  ])('InvalidSetting: %s=%s', async (name, value) => {
    expect(await refusalOf({ dataDir, env: { [name]: value } })).toContain(`InvalidSetting: ${name} `);
  });

  it('PortInUse', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      expect(await refusalOf({ dataDir, env: { PORT: String(port) } })).toContain(`PortInUse: 127.0.0.1:${port}`);
    } finally {
      server.close();
    }
  });

  it('CatalogUnreadable, CatalogInvalid', async () => {
    expect(await refusalOf({ dataDir, catalog: join(scratch, 'none.json') })).toContain('CatalogUnreadable: ');
    const file = join(scratch, 'bad.json');
    await writeFile(file, '{"dimensions": [');
    expect(await refusalOf({ dataDir, catalog: file })).toContain(`CatalogInvalid: ${file} is not JSON`);
    const document = JSON.parse(await readFile(CATALOG, 'utf8')) as { plans: { rateCard: string }[] };
    document.plans.forEach((plan) => (plan.rateCard = 'nowhere'));
    await writeFile(file, JSON.stringify(document));
    expect(await refusalOf({ dataDir, catalog: file })).toMatch(/CatalogInvalid: .*\n {2}\/plans\/0\/rateCard /);
  });

  it('DataDirectoryInUse while the holder lives, CatalogConflict for changed history, and the holder is untouched', async () => {
    const holder = await startStandalone({ dataDir, catalog: CATALOG });
    expect(await refusalOf({ dataDir })).toContain(`DataDirectoryInUse: ${dataDir} is held by process ${holder.pid}`);
    expect((await holder.client.get('/v1/catalog')).status).toBe(200);
    await holder.end();

    const file = join(scratch, 'changed.json');
    const text = await readFile(CATALOG, 'utf8');
    await writeFile(file, text.replace('"credits": "0.1"', '"credits": "0.2"'));
    expect(await refusalOf({ dataDir, catalog: file })).toContain(`CatalogConflict: ${file} changes what is effective`);

    const again = await startStandalone({ dataDir, catalog: CATALOG });
    expect((await again.client.get('/v1/catalog')).json()).toMatchObject({ version: 1 });
    await again.end();
  });

  it('DataDirectoryUnusable', async () => {
    const file = join(scratch, 'file');
    await writeFile(file, 'mine');
    for (const directory of [file, join(file, 'below')])
      expect(await refusalOf({ dataDir: directory })).toContain(`DataDirectoryUnusable: ${directory} cannot be made`);
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  it('DatabaseUnavailable, for a server of somebody else', async () => {
    const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    expect(await refusalOf({ dataDir, env })).toContain('DatabaseUnavailable: the database does not answer');
  });

  it('DataDirectoryVersion', async () => {
    const other = await makeDataDir();
    await writeFile(join(other, 'format'), '999\n');
    expect(await refusalOf({ dataDir: other })).toContain('DataDirectoryVersion: ');
    expect(await readFile(join(other, 'format'), 'utf8')).toBe('999\n');
    await removeDataDir(other);
  });
});
