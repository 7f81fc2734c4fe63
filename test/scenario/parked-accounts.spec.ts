import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { flipBit } from '../support/damage-streams.js';
import { eventually } from '../support/eventually.js';
import { poolOf } from '../support/figures.js';
import { runApp } from '../support/run-app.js';
import { drained, makeDataDir, removeDataDir, startStandalone, type StandaloneProcess } from '../support/standalone.js';

/** Of two requests with a thousand tokens each. */
const USED_BY_TWO = '0.202';

let dataDir: string;
let app: StandaloneProcess;

beforeAll(async () => {
  dataDir = await makeDataDir();
  app = await startStandalone({ dataDir });
});
afterAll(async () => {
  await app.end('SIGKILL');
  await removeDataDir(dataDir);
});

/** One request of each of two organisations, in one batch. */
async function send(id: string): Promise<number> {
  const events = ['broken', 'sound'].map((subject) => ({
    specversion: '1.0',
    id,
    source: '/test',
    type: 'llm.completion',
    subject,
    time: new Date().toISOString(),
    data: { model: 'small', input_tokens: 1000 },
  }));
  const headers = { 'content-type': 'application/cloudevents-batch+json' };
  return (await app.client.post('/v1/events', { raw: JSON.stringify(events), headers })).status;
}

const grant = (organisation: string, key: string) =>
  app.client.post(`/v1/organisations/${organisation}/grants`, {
    json: { pool: 'credits', amount: '5', source: 'promotion', reason: 'test' },
    headers: { 'idempotency-key': key },
  });

async function databaseUrl(): Promise<string> {
  const { url } = JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8')) as { readonly url: string };
  return url;
}

async function parked(): Promise<readonly string[]> {
  const { items } = (await app.client.get('/v1/parked-accounts')).json() as {
    readonly items: readonly {
      readonly organisation: string;
      readonly parkings: readonly { readonly reason: string }[];
    }[];
  };
  return items.map(({ organisation, parkings }) => `${organisation}: ${parkings[0]?.reason}`);
}

const health = async (): Promise<unknown> => (await app.client.get('/health/ready', { key: null })).json();

describe('an account whose stream does not verify (F25, I9)', () => {
  it('is parked while others flow; health and a list show it, and commands to it are refused', async () => {
    expect(await send('one')).toBe(202);
    await drained(app.client);
    await flipBit(await databaseUrl(), 'broken');
    // What a running process has in mind is checked by its next append; here nothing is left to check.
    await app.end();
    app = await startStandalone({ dataDir });
    expect(await send('two')).toBe(202);
    await eventually('it is parked', async () => (await parked()).length > 0);
    expect(await parked()).toEqual(['broken: AccountBroken']);
    await drained(app.client);
    expect((await poolOf(app.client, 'sound')).used).toBe(USED_BY_TWO);
    expect(await health()).toEqual({ status: 'ok', problems: ['AccountsParked'], parkedAccounts: 1 });
    const refused = await grant('broken', 'while-parked');
    expect(refused.problem()).toMatchObject({ status: 503, code: 'AccountParked' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await grant('sound', 'as-always')).status).toBe(200);
    const kept = (await app.client.get('/v1/quarantine?reason=Parked')).json() as {
      readonly items: readonly unknown[];
    };
    expect(kept.items).toHaveLength(1);
  });

  it('stays parked over a kill, and is charged everything once when it is mended and an operator lets it go', async () => {
    await app.end('SIGKILL');
    app = await startStandalone({ dataDir });
    expect(await parked()).toEqual(['broken: AccountBroken']);
    expect(await send('three')).toBe(202);
    await drained(app.client);

    await flipBit(await databaseUrl(), 'broken');
    const headers = { 'creditfold-actor': 'ops@example' };
    const answer = await app.client.post('/v1/organisations/broken/unpark', { headers });
    expect([answer.status, answer.json()]).toMatchObject([200, { organisation: 'broken' }]);
    await eventually('nobody is parked', async () => (await parked()).length === 0);
    await eventually('all of it is charged', async () => {
      await drained(app.client);
      const used = await Promise.all(['broken', 'sound'].map((each) => poolOf(app.client, each)));
      return used.every((pool) => pool.used === '0.303');
    });
    await eventually(
      'health says so',
      async () => ((await health()) as { parkedAccounts: number }).parkedAccounts === 0,
    );
    expect((await grant('broken', 'while-parked')).status).toBe(200);
    const again = await app.client.post('/v1/organisations/broken/unpark');
    expect(again.problem()).toMatchObject({ status: 409, code: 'NotParked' });
  });

  it('leaves streams that prove everything', async () => {
    await drained(app.client);
    const { code, stdout, stderr } = await runApp('replay', ['verify'], { CREDITFOLD_DATA_DIR: dataDir });
    expect([code, stderr, stdout]).toEqual([0, '', expect.stringContaining('All is proven')]);
  });
});
