import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';

let api: ApiHarness;
beforeAll(async () => {
  api = await startApiHarness();
});
afterAll(() => api.stop());

const DAY_MS = 86_400_000;

describe('keys', () => {
  it('are shown once, listed without their secret, and work', async () => {
    const made = await api.admin.post('/v1/keys', {
      json: { name: 'gateway', organisation: 'acme', scopes: ['ingest', 'read'] },
    });
    expect(made.status).toBe(200);
    const { id, key } = made.json() as { id: string; key: string };
    expect(key).toMatch(/^cf_[0-9a-f]{56}$/);
    const list = await api.admin.get('/v1/keys');
    expect((list.json() as { items: object[] }).items[0]).toMatchObject({
      id,
      name: 'gateway',
      organisation: 'acme',
      scopes: ['ingest', 'read'],
    });
    expect(list.text).not.toContain(key);
    expect((await api.admin.withKey(key).get('/v1/keys')).problem()).toMatchObject({
      status: 403,
      code: 'ScopeMissing',
    });
  });

  it('are refused when unknown, malformed, missing or of another scheme, all alike', async () => {
    const unknown = `cf_${'0'.repeat(56)}`;
    const details = new Set<string>();
    for (const authorization of [
      `Bearer ${unknown}`,
      'Bearer x',
      'Bearer ',
      'Basic YTpi',
      'Bearer a b',
      `Bearer ${'x'.repeat(4_000)}`,
    ]) {
      const answer = await api.admin.get('/v1/keys', { key: null, headers: { authorization } });
      expect(answer.problem()).toMatchObject({ status: 401, code: 'Unauthenticated' });
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      details.add(answer.problem().detail);
    }
    expect((await api.admin.get('/v1/keys', { key: null })).status).toBe(401);
    expect(details.size).toBe(1);
  });

  it('stop working at their expiry', async () => {
    const nowMs = Date.UTC(2026, 10, 20, 10);
    api.setNow(nowMs);
    const client = await api.clientWith({ organisation: null, scopes: ['admin'], expiresAt: '2026-11-21T10:00:00Z' });
    expect((await client.get('/v1/keys')).status).toBe(200);
    api.setNow(nowMs + DAY_MS - 1);
    expect((await client.get('/v1/keys')).status).toBe(200);
    api.setNow(nowMs + DAY_MS);
    expect((await client.get('/v1/keys')).status).toBe(401);
    api.setNow(nowMs);
  });

  it('stop working at once when revoked', async () => {
    const client = await api.clientWith({ organisation: null, scopes: ['admin'] });
    expect((await client.get('/v1/keys')).status).toBe(200);
    expect((await api.admin.delete(`/v1/keys/${client.id}`)).json()).toEqual({ id: client.id });
    expect((await client.get('/v1/keys')).status).toBe(401);
    expect((await api.admin.delete(`/v1/keys/${client.id}`)).status).toBe(404);
  });

  it('are rotated with a day of overlap', async () => {
    const nowMs = Date.UTC(2026, 10, 20, 10);
    api.setNow(nowMs);
    const old = await api.clientWith({ organisation: null, scopes: ['admin'] });
    const rotated = await api.admin.post(`/v1/keys/${old.id}/rotate`);
    const { id, key } = rotated.json() as { id: string; key: string };
    expect(id).toBe(old.id);
    const fresh = api.admin.withKey(key);
    expect([(await old.get('/v1/keys')).status, (await fresh.get('/v1/keys')).status]).toEqual([200, 200]);
    api.setNow(nowMs + DAY_MS);
    expect([(await old.get('/v1/keys')).status, (await fresh.get('/v1/keys')).status]).toEqual([401, 200]);
    api.setNow(nowMs);
    expect((await api.admin.post('/v1/keys/k-nobody/rotate')).status).toBe(404);
  });

  it.each([
    ['no name', { organisation: null, scopes: ['read'] }, '/name', 'Required'],
    ['no organisation said', { name: 'a', scopes: ['read'] }, '/organisation', 'Required'],
    ['no scope', { name: 'a', organisation: null, scopes: [] }, '/scopes', 'Invalid'],
    ['an unknown scope', { name: 'a', organisation: null, scopes: ['root'] }, '/scopes/0', 'Invalid'],
    ["an organisation's admin", { name: 'a', organisation: 'acme', scopes: ['admin'] }, '/scopes', 'Invalid'],
    ['an unknown field', { name: 'a', organisation: null, scopes: ['read'], role: 'admin' }, '/role', 'UnknownField'],
    ['a chosen id', { name: 'a', organisation: null, scopes: ['read'], id: 'k-1' }, '/id', 'UnknownField'],
    [
      'a past expiry',
      { name: 'a', organisation: null, scopes: ['read'], expiresAt: '2026-01-01T00:00:00Z' },
      '/expiresAt',
      'Invalid',
    ],
    [
      'a time without zone',
      { name: 'a', organisation: null, scopes: ['read'], expiresAt: '2027-01-01T00:00:00' },
      '/expiresAt',
      'Invalid',
    ],
    ['a name of controls', { name: 'a\u0000b', organisation: null, scopes: ['read'] }, '/name', 'Invalid'],
    ['an organisation of blanks', { name: 'a', organisation: ' acme', scopes: ['read'] }, '/organisation', 'Invalid'],
  ])('are not made with %s', async (_name, json, pointer, code) => {
    const problem = (await api.admin.post('/v1/keys', { json })).problem();
    expect(problem).toMatchObject({ status: 422, code: 'InvalidBody', type: 'urn:creditfold:problem:invalid-body' });
    expect(problem.errors).toEqual([expect.objectContaining({ pointer, code })]);
  });

  it('are paged newest first by cursors', async () => {
    for (let i = 0; i < 5; i++) await api.clientWith({ organisation: 'pages', scopes: ['read'] });
    const ids: string[] = [];
    let next: string | null = null;
    do {
      const path: string = `/v1/keys?limit=2${next === null ? '' : `&next=${next}`}`;
      const page = (await api.admin.get(path)).json() as { items: { id: string }[]; next: string | null };
      ids.push(...page.items.map((item) => item.id));
      next = page.next;
    } while (next !== null);
    const all = (await api.admin.get('/v1/keys?limit=500')).json() as { items: { id: string }[] };
    expect(ids).toEqual(all.items.map((item) => item.id));
    expect(ids.length).toBeGreaterThanOrEqual(5);
  });

  it('never appear in the log', async () => {
    const client = await api.clientWith({ organisation: 'canary-tenant', scopes: ['read'] });
    await client.get('/v1/keys?canary=canary-query');
    const answer = await api.admin.post('/v1/keys', { json: { name: 'x', organisation: null, scopes: ['read'] } });
    const log = api.logLines.join('');
    expect(api.logLines.length).toBeGreaterThan(0);
    for (const secret of [
      (answer.json() as { key: string }).key,
      'cf_test_',
      'canary-query',
      'canary-tenant',
      'Bearer',
    ]) {
      expect(log).not.toContain(secret);
    }
  });
});
