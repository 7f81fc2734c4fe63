import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';

let api: ApiHarness;
const ORGANISATION = '/v1/organisations/acme';

beforeAll(async () => {
  api = await startApiHarness();
  await api.publishCatalog();
  await api.admin.put(ORGANISATION, { json: { plan: 'pro' } });
});
afterAll(() => api.stop());

describe('the gate', () => {
  it.each([
    ['what the credits cover', 'pool=credits&estimate=1000', true, 'Allowed'],
    ['no more than they cover', 'pool=credits&estimate=1000.000000001', false, 'InsufficientCredits'],
    ['nothing from an empty pool', 'pool=tool-runs&estimate=1', false, 'InsufficientCredits'],
    ['no going on at the negative limit', 'pool=tool-runs&running=true', false, 'NegativeLimitReached'],
  ])('allows %s', async (_name, query, allowed, reason) => {
    const answer = await api.admin.get(`${ORGANISATION}/gate?${query}`);
    expect(answer.json()).toMatchObject({ allowed, reason, asOf: { revision: expect.stringMatching(/^\d+$/) } });
  });

  it('sees a command at once, and only revisions that are there', async () => {
    const made = await api.admin.post(`${ORGANISATION}/pause`);
    const { revision } = made.json() as { revision: string };
    const answer = await api.admin.get(`${ORGANISATION}/gate?pool=credits&minRevision=${revision}`);
    expect(answer.json()).toMatchObject({ allowed: false, reason: 'Paused', available: '1000', asOf: { revision } });
    await api.admin.post(`${ORGANISATION}/resume`);
    const ahead = await api.admin.get(`${ORGANISATION}/gate?pool=credits&minRevision=999999`, { isImpatient: true });
    expect(ahead.problem()).toMatchObject({ status: 503, code: 'NotYetVisible' });
    expect(Number(ahead.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it.each([
    ['', '/pool', 'Required'],
    ['pool=gold', '/pool', 'Invalid'],
    ['pool=credits&estimate=-1', '/estimate', 'Invalid'],
    ['pool=credits&estimate=1e3', '/estimate', 'Invalid'],
    ['pool=credits&running=yes', '/running', 'Invalid'],
    ['pool=credits&pool=credits', '/pool', 'Invalid'],
    ['pool=credits&minRevision=-1', '/minRevision', 'Invalid'],
  ])('does not understand %j', async (query, pointer, code) => {
    const problem = (await api.admin.get(`${ORGANISATION}/gate?${query}`)).problem();
    expect(problem).toMatchObject({ status: 400, code: 'InvalidParameter' });
    expect(problem.errors).toEqual([expect.objectContaining({ pointer, code })]);
  });

  it('has nothing to say of organisations without account', async () => {
    expect((await api.admin.get('/v1/organisations/nobody/gate?pool=credits')).status).toBe(404);
  });
});

describe('explanations', () => {
  it('tell a ledger entry from the stream', async () => {
    const grant = { pool: 'credits', amount: '5', source: 'promotion', reason: 'welcome' };
    const headers = { 'idempotency-key': 'explained', 'creditfold-actor': 'Zoë' };
    const made = await api.admin.post(`${ORGANISATION}/grants`, {
      json: grant,
      headers: { ...headers, 'creditfold-actor': Buffer.from('Zoë', 'utf8').toString('latin1') },
    });
    const { revision } = made.json() as { revision: string };
    const answer = await api.admin.get(`${ORGANISATION}/ledger/${revision}-0/explanation`);
    expect(answer.json()).toMatchObject({
      organisation: 'acme',
      asOf: { revision, position: expect.stringMatching(/^\d+$/), ledgerTime: expect.any(String) },
      entry: { id: `${revision}-0`, type: 'grant', amount: '5', actor: 'Zoë', reason: 'welcome' },
      balance: { pool: 'credits', before: '1000', after: '1005' },
      usage: [],
      next: null,
    });
    for (const entry of ['9999-0', 'x', `${revision}-9`, '-1-0']) {
      expect((await api.admin.get(`${ORGANISATION}/ledger/${entry}/explanation`)).status).toBe(404);
    }
  });

  it('wait for no revision that is not there', async () => {
    for (const path of ['ledger/0-0/explanation?', 'events/e-1?source=/gateway&']) {
      const answer = await api.admin.get(`${ORGANISATION}/${path}minRevision=999999`, { isImpatient: true });
      expect(answer.problem()).toMatchObject({ status: 503, code: 'NotYetVisible' });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it('know no cursor but their own', async () => {
    const foreign = await api.admin.get(`${ORGANISATION}/ledger/0-0/explanation?next=eyJhZnRlciI6IjAifQ`);
    expect(foreign.problem()).toMatchObject({ status: 400, code: 'InvalidCursor' });
    for (const limit of ['0', '-1', '501', '1e9', 'all', '']) {
      const answer = await api.admin.get(`${ORGANISATION}/ledger/0-0/explanation?limit=${limit}`);
      expect([limit, answer.status, answer.problem().code]).toEqual([limit, 400, 'InvalidParameter']);
    }
  });

  it('have nothing of events that never came', async () => {
    expect((await api.admin.get(`${ORGANISATION}/events/e-1?source=/gateway`)).status).toBe(404);
    const without = await api.admin.get(`${ORGANISATION}/events/e-1`);
    expect(without.problem().errors).toEqual([expect.objectContaining({ pointer: '/source', code: 'Required' })]);
  });
});

describe('operations', () => {
  it('count requests by route, never by tenant', async () => {
    const metrics = (await api.admin.get('/metrics', { key: null })).text;
    expect(metrics).toContain('creditfold_http_request_seconds_count');
    expect(metrics).toContain('route="/v1/organisations/:organisation/gate"');
    expect(metrics).not.toContain('acme');
  });

  it('are alive and ready', async () => {
    expect((await api.admin.get('/health/live', { key: null })).json()).toEqual({ status: 'ok' });
    const ready = await api.admin.get('/health/ready', { key: null });
    expect(ready.json()).toEqual({ status: 'ok', problems: [], parkedAccounts: 0 });
  });
});
