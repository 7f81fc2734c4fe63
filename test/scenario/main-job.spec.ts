import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { poolOf, usageOf } from '../support/figures.js';
import { backfill, runApp } from '../support/run-app.js';
import { makeDataDir, removeDataDir, startStandalone } from '../support/standalone.js';
import type { StandaloneProcess } from '../support/standalone.js';

// By the getting-started catalog: 2 requests cost 0.002; large input 1,200 at 0.5 and small 1,000 at 0.1 per thousand
// cost 0.6 and 0.1; large output 310 at 1.5 costs 0.465. Blank is absent: one line each of the small model and globex.
const CSV = `id,time,org,project,user,model,operation,input_tokens,output_tokens
a-2,2025-03-10T12:00:00Z,acme,search,u-2,small,,1000,
a-1,2025-03-10T10:00:00.123Z,acme,search,u-1,large,chat,1200,310
g-1,2025-03-11T10:00:00+01:00,globex,,,large,,0.5,
`;

const FIGURES = {
  acme: {
    used: '1.167',
    usage: {
      'requests large': [1, '1', '0.001'],
      'requests small': [1, '1', '0.001'],
      'input-tokens large': [1, '1200', '0.6'],
      'input-tokens small': [1, '1000', '0.1'],
      'output-tokens large': [1, '310', '0.465'],
    },
  },
  globex: {
    used: '0.00125',
    usage: { 'requests large': [1, '1', '0.001'], 'input-tokens large': [1, '0.5', '0.00025'] },
  },
} as const;

describe('the main job on a small file', () => {
  let dataDir: string;
  let scratch: string;
  let app: StandaloneProcess;
  const load = (file: string, ...args: string[]) => backfill(app.url, join(scratch, file), args);

  async function figures(): Promise<unknown> {
    const found: Record<string, unknown> = {};
    for (const organisation of Object.keys(FIGURES)) {
      const items = await usageOf(app.client, organisation, 'meter,model');
      const usage = items.map(({ group, events, quantity, credits }) => [
        `${group['meter']} ${group['model']}`,
        [events, quantity, credits],
      ]);
      found[organisation] = { used: (await poolOf(app.client, organisation)).used, usage: Object.fromEntries(usage) };
    }
    return found;
  }

  beforeAll(async () => {
    [dataDir, scratch] = [await makeDataDir(), await mkdtemp(join(tmpdir(), 'usage-'))];
    await writeFile(join(scratch, 'usage.csv'), CSV);
    app = await startStandalone({ dataDir });
  });

  afterAll(async () => {
    await app.end();
    await Promise.all([removeDataDir(dataDir), rm(scratch, { recursive: true })]);
  });

  it('charges every row once, exactly', async () => {
    expect(await load('usage.csv', '--type', 'llm.completion')).toContain('3 events of 2 organisations sent');
    expect(await figures()).toEqual(FIGURES);
  });

  it('changes nothing when it is loaded again: under another name, zipped, or as NDJSON', async () => {
    await writeFile(join(scratch, 'other-name.csv.gz'), gzipSync(await readFile(join(scratch, 'usage.csv'))));
    await load('other-name.csv.gz', '--type', 'llm.completion');
    const events = [
      { id: 'g-1', time: '2025-03-11T09:00:00Z', subject: 'globex', data: { model: 'large', input_tokens: 0.5 } },
      {
        id: 'a-2',
        time: '2025-03-10T12:00:00Z',
        subject: 'acme',
        data: { project: 'search', user: 'u-2', model: 'small', input_tokens: 1000 },
      },
    ];
    const lines = events.map((event) => JSON.stringify({ type: 'llm.completion', ...event }));
    await writeFile(join(scratch, 'usage.ndjson'), `${lines.join('\n')}\n`);
    await load('usage.ndjson');
    expect(await figures()).toEqual(FIGURES);
    const quarantined = (await app.client.get('/v1/quarantine')).json();
    expect(quarantined).toMatchObject({ items: [] });
  });

  it.each([
    ['id,time,org,model\n,2025-03-10T12:00:00Z,acme,large\n', 'InvalidRow: line 2, id: Required'],
    ['id,time,org,model\na,10.3.2025,acme,large\n', 'InvalidRow: line 2, time: InvalidTime'],
    [
      'id,time,org,input_tokens\na,2025-03-10T12:00:00Z,acme,"1,5"\n',
      'InvalidRow: line 2, input_tokens: InvalidQuantity',
    ],
    ['id,time,org,input_tokens\na,2025-03-10T12:00:00Z,acme\n', 'InvalidRow: line 2, '],
    ['id,time,org,model\nb,2025-03-11T12:00:00Z,acme,x\na,2099-03-10T12:00:00Z,acme,x\n', 'line 3, /time: InFuture'],
    ['id,time,model\na,2025-03-10T12:00:00Z,x\n', 'InvalidHeader: line 1: the header has no column org'],
    ['[{"id":"a"}]', 'UnknownFormat: '],
    ['', 'UnknownFormat: '],
  ])('names what is wrong with %j', async (text, message) => {
    const file = join(scratch, 'faulty');
    await writeFile(file, text);
    const { code, stderr } = await runApp('backfill', [file, '--type', 'llm.completion', '--url', app.url]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  });

  it('goes on after a restart with what was there', async () => {
    await app.end();
    app = await startStandalone({ dataDir });
    expect(await figures()).toEqual(FIGURES);
    await load('usage.csv', '--type', 'llm.completion');
    expect(await figures()).toEqual(FIGURES);
  });
});
