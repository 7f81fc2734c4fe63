import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { ApiClient } from '../support/api-client.js';
import { poolOf } from '../support/figures.js';
import { drained, makeDataDir, removeDataDir, STANDALONE_KEY, startStandalone } from '../support/standalone.js';
import type { StandaloneProcess } from '../support/standalone.js';

const PATH = '/v1/organisations/acme';

/** None of them is special: what one has taken the other one knows, since both decide on the stream. */
describe('several APIs, each a process, on one deployment', () => {
  let postgres: TestPostgres;
  let dataDir: string;
  let app: StandaloneProcess;
  let second: ChildProcess;
  let clients: readonly [ApiClient, ApiClient];
  beforeAll(async () => {
    postgres = await startTestPostgres();
    dataDir = await makeDataDir();
    const DATABASE_URL = await postgres.createDatabase();
    app = await startStandalone({ dataDir, env: { DATABASE_URL } });
    const env = {
      ...process.env,
      NODE_OPTIONS: '',
      DATABASE_URL,
      PORT: '0',
      LOG_LEVEL: 'warn',
      CREDITFOLD_ADMIN_KEY: STANDALONE_KEY,
    };
    second = fork('test/support/run-api.mjs', { env, execArgv: [] });
    const [{ url }] = (await once(second, 'message')) as [{ url: string }];
    clients = [app.client, new ApiClient(url, STANDALONE_KEY)];
  });
  afterAll(async () => {
    second.kill('SIGKILL');
    await app.end();
    await postgres.stop();
    await removeDataDir(dataDir);
  });

  const post = (nth: number, path: string, json: object, key: string): ReturnType<ApiClient['post']> =>
    (nth % 2 === 0 ? clients[0] : clients[1]).post(`${PATH}${path}`, { json, headers: { 'idempotency-key': key } });

  it('one command sent to both at once takes effect once, with one answer', async () => {
    await clients[1].put(PATH, { json: { plan: 'starter' } });
    const grant = { pool: 'credits', amount: '500', source: 'promotion', reason: 'welcome' };
    const answers = await Promise.all([0, 1, 2, 3, 4, 5].map((nth) => post(nth, '/grants', grant, 'welcome-1')));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    await drained(clients[0]);
    expect((await poolOf(clients[1], 'acme')).granted).toBe('100500');
  });

  it('F43: holds that race at both never reserve more than there is', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const hold = { pool: 'credits', amount: '10050', expiresAt };
    const answers = await Promise.all(Array.from({ length: 40 }, (_, nth) => post(nth, '/holds', hold, `hold-${nth}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    const others = answers.filter(({ status }) => status !== 200);
    expect(new Set(others.map(({ text }) => (JSON.parse(text) as { code: string }).code))).toEqual(
      new Set(['InsufficientCredits']),
    );
  });

  it('usage that one of them took is charged, though it is killed after its answer', async () => {
    const event = { specversion: '1.0', id: 'e-1', source: '/test', type: 'llm.completion', subject: 'acme' };
    const json = { ...event, time: new Date().toISOString(), data: { model: 'small', input_tokens: 1000 } };
    const headers = { 'content-type': 'application/cloudevents+json' };
    expect((await clients[1].post('/v1/events', { json, headers })).status).toBe(202);
    second.kill('SIGKILL');
    await drained(clients[0]);
    expect((await poolOf(clients[0], 'acme')).used).toBe('0.101');
  });
});
