import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiAnswer, ApiClient } from '../support/api-client.js';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);
const LATER = new Date(NOW_MS + 3_600_000).toISOString();

let api: ApiHarness;
let acme: ApiClient;
beforeAll(async () => {
  api = await startApiHarness();
  await api.publishCatalog();
  await open('acme', '10');
  acme = await api.clientWith({ organisation: 'acme', scopes: ['read', 'write'] });
});
afterAll(() => api.stop());

let keys = 0;
const post = (path: string, json: unknown, { key = `key-${keys++}`, client = api.admin } = {}): Promise<ApiAnswer> =>
  client.post(`/v1/organisations/${path}`, { json, headers: { 'idempotency-key': key } });

/** An account on the free plan with so many credits. */
async function open(organisation: string, amount: string): Promise<void> {
  await api.admin.put(`/v1/organisations/${organisation}`, { json: { plan: 'free' } });
  await post(`${organisation}/grants`, { pool: 'credits', amount, source: 'promotion', reason: 'to begin with' });
}

const holdOf = (amount: string, more: object = {}): object => ({ pool: 'credits', amount, expiresAt: LATER, ...more });
const idOf = (answer: ApiAnswer): string => (answer.json() as { id: string }).id;

const availableOf = async (organisation: string): Promise<string> => {
  const answer = await api.admin.get(`/v1/organisations/${organisation}/gate?pool=credits`);
  return (answer.json() as { available: string }).available;
};

const holdsOf = async (organisation: string): Promise<{ id: string; amount: string }[]> => {
  const answer = await api.admin.get(`/v1/organisations/${organisation}/holds?limit=500`);
  return (answer.json() as { items: { id: string; amount: string }[] }).items;
};

describe('holds', () => {
  it('give exactly 10 when 100 of 1 are asked for at once on a balance of 10', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => post('acme/holds', holdOf('1'), { client: acme })),
    );
    const placed = answers.filter(({ status }) => status === 200);
    expect(placed).toHaveLength(10);
    expect(new Set(placed.map(idOf)).size).toBe(10);
    for (const refused of answers.filter(({ status }) => status !== 200))
      expect(refused.problem()).toMatchObject({ status: 409, code: 'InsufficientCredits' });
    expect(await availableOf('acme')).toBe('0');
    expect(await holdsOf('acme')).toHaveLength(10);
  });

  it('are one hold when they are sent with one key at the same time', async () => {
    await open('once', '10');
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => post('once/holds', holdOf('1'), { key: 'the same' })),
    );
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(await availableOf('once')).toBe('9');
    const other = await post('once/holds', holdOf('2'), { key: 'the same' });
    expect(other.problem()).toMatchObject({ status: 422, code: 'IdempotencyKeyReused' });
  });

  it.each([
    ['below what was held', '2.5', '7.5'],
    ['just what was held', '4', '6'],
    ['above what was held', '7', '3'],
    ['above what there is', '12', '-2'],
    ['nothing', '0', '10'],
  ])('are settled at the actual cost: %s', async (name, cost, left) => {
    const organisation = name.replaceAll(' ', '-');
    await open(organisation, '10');
    const id = idOf(await post(`${organisation}/holds`, holdOf('4')));
    expect(await availableOf(organisation)).toBe('6');
    const settled = await post(`${organisation}/holds/${id}/settle`, { amount: cost }, { key: 'settle' });
    expect(settled.json()).toEqual({ id, revision: expect.stringMatching(/^\d+$/) });
    expect(await availableOf(organisation)).toBe(left);
    const again = await post(`${organisation}/holds/${id}/settle`, { amount: cost }, { key: 'settle' });
    expect([again.status, idOf(again)]).toEqual([200, id]);
    const twice = await post(`${organisation}/holds/${id}/settle`, { amount: cost });
    expect(twice.problem()).toMatchObject({ status: 409, code: 'HoldEnded' });
    expect(await availableOf(organisation)).toBe(left);
  });

  it('expire by themselves, and are charged once when they are settled after that', async () => {
    await open('expiring', '10');
    const id = idOf(await post('expiring/holds', holdOf('4')));
    api.setNow(NOW_MS + 3_600_001);
    // Time reaches the account with the next command.
    await api.admin.post('/v1/organisations/expiring/resume');
    expect([await availableOf('expiring'), await holdsOf('expiring')]).toEqual(['10', []]);
    expect((await post(`expiring/holds/${id}/release`, {})).problem().code).toBe('HoldEnded');
    expect((await post(`expiring/holds/${id}/settle`, { amount: '3' })).status).toBe(200);
    expect(await availableOf('expiring')).toBe('7');
    expect((await post(`expiring/holds/${id}/settle`, { amount: '3' })).problem().code).toBe('HoldEnded');
    api.setNow(NOW_MS);
  });

  it('are released without a charge, with a key or without', async () => {
    await open('released', '10');
    const id = idOf(await post('released/holds', holdOf('10')));
    expect(await availableOf('released')).toBe('0');
    expect((await api.admin.post(`/v1/organisations/released/holds/${id}/release`)).status).toBe(200);
    expect(await availableOf('released')).toBe('10');
    const again = await api.admin.post(`/v1/organisations/released/holds/${id}/release`);
    expect(again.problem()).toMatchObject({ status: 409, code: 'HoldEnded' });
  });

  it('may be named by whoever asks, once', async () => {
    await open('named', '10');
    expect(idOf(await post('named/holds', holdOf('1', { id: 'job 17/a' })))).toBe('job 17/a');
    expect((await post('named/holds', holdOf('1', { id: 'job 17/a' }))).problem().code).toBe('HoldExists');
    const settled = await post(`named/holds/${encodeURIComponent('job 17/a')}/settle`, { amount: '1' });
    expect(settled.status).toBe(200);
    expect((await post('named/holds', holdOf('1', { id: 'job 17/a' }))).problem().code).toBe('HoldExists');
  });

  it.each<[string, string, unknown, number, string]>([
    ['a pool that is none', 'holds', holdOf('1', { pool: 'gold' }), 409, 'UnknownPool'],
    ['an expiry in the past', 'holds', holdOf('1', { expiresAt: '2020-01-01T00:00:00Z' }), 409, 'InvalidTime'],
    ['an amount of zero', 'holds', holdOf('0'), 422, 'InvalidBody'],
    ['no expiry', 'holds', { pool: 'credits', amount: '1' }, 422, 'InvalidBody'],
    ['an unknown field', 'holds', holdOf('1', { balance: '5' }), 422, 'InvalidBody'],
    ['an unknown hold', 'holds/none/settle', { amount: '1' }, 404, 'NotFound'],
    ['a negative cost', 'holds/none/settle', { amount: '-1' }, 422, 'InvalidBody'],
    ['the release of an unknown hold', 'holds/none/release', {}, 404, 'NotFound'],
  ])('are refused for %s', async (_name, path, json, ...[status, code]) => {
    expect((await post(`acme/${path}`, json)).problem()).toMatchObject({ status, code });
  });

  it('need a key, and an account that is not paused', async () => {
    const without = await api.admin.post('/v1/organisations/acme/holds', { json: holdOf('1') });
    expect(without.problem()).toMatchObject({ status: 400, code: 'IdempotencyKeyRequired' });
    await open('paused', '10');
    await api.admin.post('/v1/organisations/paused/pause');
    expect((await post('paused/holds', holdOf('1'))).problem().code).toBe('AccountPaused');
    expect((await post('nobody/holds', holdOf('1'))).problem().code).toBe('NotFound');
  });

  it('are listed newest first, in pages', async () => {
    await open('listed', '10');
    for (const id of ['a', 'b', 'c']) await post('listed/holds', holdOf('1', { id }));
    const first = (await api.admin.get('/v1/organisations/listed/holds?limit=2')).json() as {
      items: { id: string }[];
      next: string;
    };
    expect(first.items.map(({ id }) => id)).toEqual(['c', 'b']);
    const second = (await api.admin.get(`/v1/organisations/listed/holds?limit=2&next=${first.next}`)).json();
    expect(second).toMatchObject({
      next: null,
      items: [{ id: 'a', amount: '1', pool: 'credits', expiresAt: LATER.replace('.000', '') }],
    });
    const foreign = await api.admin.get(`/v1/organisations/named/holds?next=${first.next}`);
    expect(foreign.problem()).toMatchObject({ status: 400, code: 'InvalidCursor' });
  });
});
