import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestPostgres } from '@app/postgres/testing';
import type { TestPostgres } from '@app/postgres/testing';
import { apiConfigFrom, composeApi, startApi } from '../../apps/api/src/index.js';
import type { ApiConfig } from '../../apps/api/src/index.js';
import { CATALOG } from '../support/api-catalog.js';
import { ApiClient } from '../support/api-client.js';

const CREDITFOLD_ADMIN_KEY = 'cf_test_0123456789abcdef0123456789abcdef';
const ONE = 'application/cloudevents+json';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

const configOf = (rates: Partial<ApiConfig> = {}): ApiConfig => ({
  ...apiConfigFrom({ CREDITFOLD_ADMIN_KEY, PORT: '0' }),
  ...rates,
});

describe('the API as a process of its own', () => {
  it('keeps what it took over a restart, on Postgres alone', async () => {
    const env = { DATABASE_URL: await postgres.createDatabase() };
    const first = await composeApi(configOf(), env);
    const api = await startApi(configOf(), first.parts);
    const admin = new ApiClient(api.url, CREDITFOLD_ADMIN_KEY);
    expect((await admin.get('/health/ready', { key: null })).status).toBe(200);
    const published = await admin.put('/v1/catalog', { json: CATALOG, headers: { 'if-none-match': '*' } });
    expect(published.json()).toEqual({ version: 1 });
    expect((await admin.put('/v1/organisations/acme', { json: { plan: 'pro' } })).status).toBe(200);
    const made = await admin.post('/v1/keys', {
      json: { name: 'k', organisation: 'acme', scopes: ['ingest', 'read'] },
    });
    const { key } = made.json() as { key: string };
    await api.stop();
    await first.close();

    const second = await composeApi(configOf(), env);
    const again = await startApi(configOf(), second.parts);
    const acme = new ApiClient(again.url, key);
    expect((await acme.get('/v1/organisations/acme/gate?pool=credits')).json()).toMatchObject({ available: '1000' });
    const event = { specversion: '1.0', id: 'e', source: '/s', type: 'trace.ingested', subject: 'acme' };
    const raw = JSON.stringify({ ...event, time: new Date().toISOString() });
    expect((await acme.post('/v1/events', { raw, headers: { 'content-type': ONE } })).status).toBe(202);
    const lag = await acme.withKey(CREDITFOLD_ADMIN_KEY).get('/v1/lag');
    expect(lag.json()).toMatchObject({ waiting: 1 });
    await again.stop();
    await second.close();
  });

  it('is refused without what it needs, by name', async () => {
    await expect(composeApi(configOf(), {})).rejects.toThrow('DATABASE_URL');
  });

  it('holds back a key that asks too much, and says for how long', async () => {
    // Nothing comes back within a test, however slow it is.
    const slow = { perSecond: 1 / 3_600, burst: 2 };
    const config = configOf({ rateLimits: { ingest: slow, query: slow, command: slow } });
    const composed = await composeApi(config, { DATABASE_URL: await postgres.createDatabase() });
    const api = await startApi(config, composed.parts);
    const admin = new ApiClient(api.url, CREDITFOLD_ADMIN_KEY);
    const answers = [await admin.get('/v1/plans'), await admin.get('/v1/plans'), await admin.get('/v1/plans')];
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 429]);
    expect(answers[2]?.problem()).toMatchObject({ code: 'TooManyRequests' });
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0);
    // Commands have a bucket of their own.
    expect((await admin.post('/v1/keys', { json: {} })).status).toBe(422);
    await api.stop();
    await composed.close();
  });

  it('answers 503 without detail when its database is gone, and says so in its health', async () => {
    const server = await startTestPostgres();
    const composed = await composeApi(configOf(), { DATABASE_URL: server.url });
    const api = await startApi(configOf(), composed.parts);
    await server.stop();
    const admin = new ApiClient(api.url, CREDITFOLD_ADMIN_KEY);
    const ready = await admin.get('/health/ready', { key: null });
    expect(ready.problem()).toMatchObject({ status: 503, code: 'Unavailable' });
    const refused = await admin.get('/v1/keys');
    expect(refused.problem()).toMatchObject({ status: 503, code: 'Unavailable', requestId: expect.any(String) });
    expect(refused.text).not.toMatch(/127\.0\.0\.1|postgres|select|ECONN|at /i);
    expect((await admin.get('/health/live', { key: null })).status).toBe(200);
    await api.stop();
    await composed.close();
  });
});
