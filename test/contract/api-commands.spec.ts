import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiAnswer } from '../support/api-client.js';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';

let api: ApiHarness;
beforeAll(async () => {
  api = await startApiHarness();
  await api.publishCatalog();
  for (const [organisation, plan] of [
    ['acme', 'pro'],
    ['freebie', 'free'],
  ]) {
    await api.admin.put(`/v1/organisations/${organisation}`, { json: { plan } });
  }
});
afterAll(() => api.stop());

let keys = 0;
const post = (path: string, json: unknown, key = `key-${keys++}`): Promise<ApiAnswer> =>
  api.admin.post(`/v1/organisations/${path}`, { json, headers: { 'idempotency-key': key } });

const GRANT = { pool: 'credits', amount: '12.5', source: 'promotion', reason: 'welcome' };

describe('commands', () => {
  it('answer the revision of the account and the id of what they made', async () => {
    const answer = await post('acme/grants', GRANT);
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ id: expect.any(String), revision: expect.stringMatching(/^\d+$/) });
  });

  it('need an idempotency key where credits or money move', async () => {
    for (const path of ['grants', 'purchases', 'refunds', 'adjustments', 'cycle/reset']) {
      const answer = await api.admin.post(`/v1/organisations/acme/${path}`, { json: {} });
      expect(answer.problem()).toMatchObject({ status: 400, code: 'IdempotencyKeyRequired' });
    }
  });

  it('give the first answer again to the same key and body, however it is written', async () => {
    const first = await post('acme/grants', GRANT, 'again');
    const { pool, amount, ...rest } = GRANT;
    const again = await post('acme/grants', { ...rest, amount, pool }, 'again');
    expect([again.status, again.json()]).toEqual([200, first.json()]);
    const other = await post('acme/grants', { ...GRANT, amount: '13' }, 'again');
    expect(other.problem()).toMatchObject({ status: 422, code: 'IdempotencyKeyReused' });
  });

  it('keep keys apart by organisation and route', async () => {
    const grant = (await post('acme/grants', GRANT, 'shared')).json();
    const elsewhere = await post('freebie/grants', GRANT, 'shared');
    expect(elsewhere.status).toBe(200);
    expect(elsewhere.json()).not.toEqual(grant);
    expect((await post('acme/adjustments', { pool: 'credits', amount: '-1', reason: 'fix' }, 'shared')).status).toBe(
      200,
    );
  });

  it('happen once when they are sent with one key at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('acme/grants', GRANT, 'at-once')));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
  });

  it.each<[string, string, unknown, string]>([
    ['a pool that is none', 'acme/grants', { ...GRANT, pool: 'gold' }, 'UnknownPool'],
    ['a package that is none', 'acme/purchases', { package: 'huge' }, 'UnknownPackage'],
    ['a purchase on a free plan', 'freebie/purchases', { package: 'small' }, 'PlanNotPaid'],
    ['a plan that is none', 'acme/plan', { plan: 'gold', at: 'now' }, 'UnknownPlan'],
    ['a refund of nothing', 'acme/refunds', { event: { source: '/a', id: 'b' }, reason: 'failed' }, 'NotRefundable'],
    ['a refund of no entry', 'acme/refunds', { entry: 'x', reason: 'failed' }, 'NotRefundable'],
    ['a refund of no purchase', 'acme/refunds', { purchase: 'p-0', reason: 'failed' }, 'UnknownPurchase'],
  ])('are refused by the account: %s', async (_name, path, json, code) => {
    const answer = await post(path, json);
    expect(answer.problem()).toMatchObject({
      status: 409,
      code,
      type: expect.stringContaining('urn:creditfold:problem:'),
    });
  });

  it('are refused for an organisation that has no account', async () => {
    expect((await post('nobody/grants', GRANT)).problem()).toMatchObject({ status: 404, code: 'NotFound' });
  });

  it('take a payment reference once', async () => {
    const bought = await post('acme/purchases', { package: 'small', paymentReference: 'pay-1' });
    expect(bought.json()).toMatchObject({ id: expect.any(String) });
    const again = await post('acme/purchases', { package: 'small', paymentReference: 'pay-1' });
    expect(again.problem()).toMatchObject({ status: 409, code: 'PaymentReferenceUsed' });
    const { id } = bought.json() as { id: string };
    expect((await post('acme/refunds', { purchase: id, reason: 'unused' })).status).toBe(200);
    expect((await post('acme/refunds', { purchase: id, reason: 'unused' })).status).toBe(409);
  });

  it('void a grant once and for all', async () => {
    const { id } = (await post('acme/grants', GRANT)).json() as { id: string };
    expect((await api.admin.delete(`/v1/organisations/acme/grants/${id}`)).status).toBe(200);
    const unknown = await api.admin.delete('/v1/organisations/acme/grants/g-none');
    expect(unknown.problem()).toMatchObject({ status: 404, code: 'NotFound' });
  });

  it.each<[string, string, Record<string, unknown>, string, string]>([
    ['no amount', 'grants', { ...GRANT, amount: undefined }, '/amount', 'Required'],
    ['an amount as a number', 'grants', { ...GRANT, amount: 12.5 }, '/amount', 'Invalid'],
    ['an amount of zero', 'grants', { ...GRANT, amount: '0' }, '/amount', 'Invalid'],
    ['a negative amount', 'grants', { ...GRANT, amount: '-1' }, '/amount', 'Invalid'],
    ['ten decimal places', 'grants', { ...GRANT, amount: '0.0000000001' }, '/amount', 'Invalid'],
    ['31 digits', 'grants', { ...GRANT, amount: '1'.repeat(31) }, '/amount', 'Invalid'],
    ['an exponent', 'grants', { ...GRANT, amount: '1e3' }, '/amount', 'Invalid'],
    ['no reason', 'grants', { ...GRANT, reason: '' }, '/reason', 'Invalid'],
    ['an unknown source', 'grants', { ...GRANT, source: 'luck' }, '/source', 'Invalid'],
    ['another recurrence', 'grants', { ...GRANT, recurrence: { every: 'P2D' } }, '/recurrence/every', 'Invalid'],
    ['an unknown field', 'grants', { ...GRANT, rollover: { most: '1' } }, '/rollover/most', 'UnknownField'],
    ['an adjustment of zero', 'adjustments', { pool: 'credits', amount: '0', reason: 'x' }, '/amount', 'Invalid'],
    ['a plan at another time', 'plan', { plan: 'pro', at: 'tomorrow' }, '/at', 'Invalid'],
    ['two things to refund', 'refunds', { purchase: 'a', entry: 'b', reason: 'x' }, '', 'Invalid'],
    ['nothing to refund', 'refunds', { reason: 'x' }, '', 'Invalid'],
  ])('are not understood with %s', async (_name, route, json, ...[pointer, code]) => {
    const problem = (await post(`acme/${route}`, json)).problem();
    expect(problem).toMatchObject({ status: 422, code: 'InvalidBody' });
    expect(problem.errors).toEqual([expect.objectContaining({ pointer, code })]);
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['a key of 256 characters', { 'idempotency-key': 'x'.repeat(256) }, 400, 'InvalidParameter'],
    ['an empty key', { 'idempotency-key': '' }, 400, 'InvalidParameter'],
    [
      'an actor of 256 characters',
      { 'idempotency-key': 'a', 'creditfold-actor': 'x'.repeat(256) },
      400,
      'InvalidParameter',
    ],
    ['another content type', { 'idempotency-key': 'b', 'content-type': 'text/plain' }, 415, 'UnsupportedMediaType'],
  ])('are not taken with %s', async (_name, headers, status, code) => {
    const answer = await api.admin.post('/v1/organisations/acme/grants', { json: GRANT, headers });
    expect(answer.problem()).toMatchObject({ status, code });
  });

  it('pause, resume and set limits', async () => {
    const path = '/v1/organisations/acme';
    expect((await api.admin.post(`${path}/pause`)).status).toBe(200);
    expect((await api.admin.post(`${path}/resume`, { json: {} })).status).toBe(200);
    expect((await api.admin.put(`${path}/negative-limit`, { json: { pool: 'credits', limit: '5' } })).status).toBe(200);
    expect((await api.admin.put(`${path}/negative-limit`, { json: { pool: 'credits', limit: '-5' } })).status).toBe(
      422,
    );
    expect((await post('acme/cycle/reset', { reason: 'wrong plan' })).status).toBe(200);
  });
});

describe('the catalog', () => {
  it('is versioned and published whole', async () => {
    const current = (await api.admin.get('/v1/catalog')).json() as { version: number };
    expect(current.version).toBe(1);
    const { version, ...document } = current;
    expect((await api.admin.put('/v1/catalog', { json: document })).problem()).toMatchObject({
      status: 428,
      code: 'VersionRequired',
    });
    const stale = await api.admin.put('/v1/catalog', { json: document, headers: { 'if-match': '"0"' } });
    expect(stale.problem()).toMatchObject({ status: 412, code: 'VersionMismatch' });
    const next = await api.admin.put('/v1/catalog', { json: document, headers: { 'if-match': String(version) } });
    expect(next.json()).toEqual({ version: 2 });
    expect((await api.admin.get('/v1/catalog/1')).json()).toEqual(current);
    expect((await api.admin.get('/v1/catalog/9')).status).toBe(404);
    expect((await api.admin.get('/v1/catalog/latest')).status).toBe(404);
  });

  it('goes back as it was answered, by its ETag', async () => {
    const got = await api.admin.get('/v1/catalog');
    const document = got.json() as { version: number };
    const headers = { 'if-match': got.headers.get('etag') ?? '' };
    const next = await api.admin.put('/v1/catalog', { json: document, headers });
    expect(next.json()).toEqual({ version: document.version + 1 });
    const stale = await api.admin.put('/v1/catalog', { json: document, headers });
    expect(stale.problem()).toMatchObject({ status: 412, code: 'VersionMismatch' });
    const ahead = { 'if-match': `"${document.version + 1}"` };
    const other = await api.admin.put('/v1/catalog', { json: document, headers: ahead });
    expect(other.problem().errors).toEqual([expect.objectContaining({ pointer: '/version', code: 'UnknownField' })]);
  });

  it('is refused with pointers when it is inconsistent or changes what is effective', async () => {
    const { version, ...document } = (await api.admin.get('/v1/catalog')).json() as {
      version: number;
      meters: object[];
    };
    const put = (json: unknown): Promise<ApiAnswer> =>
      api.admin.put('/v1/catalog', { json, headers: { 'if-match': `"${version}"` } });
    for (const wrong of [{}, { ...document, surprise: 1 }, { ...document, meters: [] }, [], null]) {
      const problem = (await put(wrong)).problem();
      expect(problem).toMatchObject({ status: 422, code: 'InvalidCatalog' });
      expect(problem.errors?.length).toBeGreaterThan(0);
    }
  });

  it('offers plans and packages with what a credit costs', async () => {
    const packages = (await api.admin.get('/v1/packages')).json() as { items: object[] };
    expect(packages.items[0]).toMatchObject({
      key: 'small',
      effectiveCostPerCredit: { amount: '0.000004', currency: 'EUR' },
    });
    const plans = (await api.admin.get('/v1/plans')).json() as { items: object[] };
    expect(plans.items[0]).toMatchObject({
      key: 'pro',
      effectiveCostPerCredit: [{ pool: 'credits', amount: '0.049', currency: 'USD' }],
    });
  });
});
