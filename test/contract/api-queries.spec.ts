import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiAnswer } from '../support/api-client.js';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';

let api: ApiHarness;
let revision: string;
const ACME = '/v1/organisations/acme';
const RANGE = 'from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z';

beforeAll(async () => {
  api = await startApiHarness({}, { isProjecting: true });
  await api.publishCatalog();
  for (const organisation of ['acme', 'globex']) {
    await api.admin.put(`/v1/organisations/${organisation}`, { json: { plan: 'pro' } });
  }
  for (let i = 0; i < 5; i++) {
    const made = await api.admin.post(`${ACME}/grants`, {
      json: { pool: 'credits', amount: '2.5', source: 'promotion', reason: 'welcome' },
      headers: { 'idempotency-key': `grant-${i}` },
    });
    ({ revision } = made.json() as { revision: string });
  }
});
afterAll(() => api.stop());

const get = (path: string): Promise<ApiAnswer> => api.admin.get(path);

describe('a query with minRevision', () => {
  it('reads its own write', async () => {
    const answer = await get(`${ACME}/balance?minRevision=${revision}`);
    expect(answer.json()).toMatchObject({
      organisation: 'acme',
      plan: 'pro',
      state: 'active',
      asOf: { revision, position: expect.stringMatching(/^\d+$/) },
      pools: [
        {
          pool: 'credits',
          granted: '1012.5',
          used: '0',
          balance: '1012.5',
          available: '1012.5',
          status: 'green',
        },
        { pool: 'tool-runs', balance: '0', status: 'exhausted' },
      ],
    });
  });
});

describe('queries', () => {
  beforeAll(async () => {
    for (const organisation of ['acme', 'globex']) await api.projected(organisation);
  });

  it('page the ledger newest first, and go on from credits', async () => {
    const all = (await get(`${ACME}/ledger?limit=500`)).json() as { items: { id: string }[]; next: null };
    expect(all.items.length).toBe(6);
    const ids: string[] = [];
    const credits = (await get(`${ACME}/credits?limit=2`)).json() as { entries: { id: string }[]; next: string };
    ids.push(...credits.entries.map((entry) => entry.id));
    let { next }: { next: string | null } = credits;
    while (next !== null) {
      const page = (await get(`${ACME}/ledger?limit=2&next=${next}`)).json() as typeof all & { next: string | null };
      ids.push(...page.items.map((entry) => entry.id));
      ({ next } = page);
    }
    expect(ids).toEqual(all.items.map((entry) => entry.id));
  });

  it("refuse another organisation's cursor, another list's, and one under other filters", async () => {
    const { next } = (await get(`${ACME}/ledger?limit=1`)).json() as { next: string };
    for (const path of [
      `/v1/organisations/globex/ledger?limit=1&next=${next}`,
      `${ACME}/monthly-summaries?next=${next}`,
      `${ACME}/ledger?pool=credits&next=${next}`,
      `${ACME}/ledger?next=${next}A`,
    ]) {
      expect((await get(path)).problem()).toMatchObject({ status: 400, code: 'InvalidCursor' });
    }
  });

  it('show accounts and quarantine to the operator', async () => {
    const list = (await get('/v1/organisations?status=green&plan=pro')).json() as { items: { organisation: string }[] };
    expect(list.items.map((item) => item.organisation).toSorted()).toEqual(['acme', 'globex']);
    expect((await get('/v1/quarantine?reason=NoRate')).json()).toMatchObject({ items: [], next: null });
    expect((await api.admin.post('/v1/quarantine/nothing/requeue')).status).toBe(404);
  });

  it('have summaries, usage and rankings', async () => {
    expect((await get(`${ACME}/monthly-summaries?year=2026&month=11`)).json()).toMatchObject({
      items: [
        {
          year: 2026,
          month: 11,
          closed: false,
          pools: [
            { pool: 'credits', closing: '1012.5' },
            { pool: 'tool-runs', closing: '0' },
          ],
        },
      ],
    });
    expect((await get(`${ACME}/usage?${RANGE}&window=day&groupBy=meter,model&filter[model]=`)).json()).toMatchObject({
      window: 'day',
      groupBy: ['meter', 'model'],
      items: [],
      next: null,
    });
    expect((await get(`${ACME}/top-consumers?by=user&${RANGE}`)).json()).toMatchObject({ by: 'user', items: [] });
    expect((await get(`/v1/top-consumers?by=organisation&${RANGE}`)).json()).toMatchObject({ by: 'organisation' });
  });

  it.each([
    ['usage', ''],
    ['usage', `from=2026-11-01T00:30:00Z&to=2026-12-01T00:00:00Z`],
    ['usage', `from=2026-12-01T00:00:00Z&to=2026-11-01T00:00:00Z`],
    ['usage', `from=2026-01-01T00:00:00Z&to=2026-12-01T00:00:00Z&window=hour`],
    ['usage', `${RANGE}&window=year`],
    ['usage', `${RANGE}&groupBy=colour`],
    ['usage', `${RANGE}&groupBy=user,user`],
    ['usage', `${RANGE}&filter[colour]=red`],
    ['usage', `${RANGE}&filter=red`],
    ['usage', `${RANGE}&filter[__proto__]=x`],
    ['top-consumers', RANGE],
    ['top-consumers', `${RANGE}&by=password`],
    ['top-consumers', `${RANGE}&by=user&order=balance`],
    ['top-consumers', `${RANGE}&by=user&order=quantity`],
    ['top-consumers', `${RANGE}&by=user&meter=none`],
    ['ledger', 'type=theft'],
    ['ledger', 'limit=501'],
    ['monthly-summaries', 'month=13'],
    ['balance', 'minRevision=x'],
  ])('do not understand %s?%s', async (route, query) => {
    const answer = await get(`${ACME}/${route}?${query}`);
    expect([answer.status, answer.problem().code]).toEqual([400, 'InvalidParameter']);
  });

  it('answer 404 for organisations without account', async () => {
    for (const route of [
      'balance',
      'credits',
      'ledger',
      `usage?${RANGE}`,
      'monthly-summaries',
      `top-consumers?by=user&${RANGE}`,
    ]) {
      expect([route, (await get(`/v1/organisations/nobody/${route}`)).status]).toEqual([route, 404]);
    }
  });
});
