import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';

const ORGANISATION = '/v1/organisations/acme';

/** Lists that an answer makes whole, so that paging is the edge's own. */
const LISTS = [
  '/v1/plans',
  '/v1/packages',
  ...['alerts', 'budgets', 'channels', 'banners', 'statements', 'trends', 'forecast', 'flags', 'recommendations'].map(
    (list) => `${ORGANISATION}/${list}`,
  ),
];

interface List {
  readonly items: readonly object[];
  readonly next: string | null;
}

let api: ApiHarness;
beforeAll(async () => {
  api = await startApiHarness({}, { isProjecting: true });
  await api.publishCatalog();
  await api.admin.put(ORGANISATION, { json: { plan: 'pro' } });
  for (const name of ['first', 'second', 'third']) {
    const at = [{ value: '10', channels: [] }];
    await api.admin.put(`${ORGANISATION}/alerts/${name}`, { json: { pool: 'credits', basis: 'balance', at } });
    await api.admin.put(`${ORGANISATION}/budgets/${name}`, { json: { pool: 'credits', limit: '10', at } });
    await api.admin.put(`${ORGANISATION}/channels/${name}`, { json: { kind: 'email', to: `${name}@acme.test` } });
  }
  // The same list is asked for more than once.
  await api.projected('acme');
});
afterAll(() => api.stop());

const list = async (path: string): Promise<List> => {
  const answer = await api.admin.get(path);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.json() as List;
};

async function pagesOf(path: string): Promise<readonly object[]> {
  const items: object[] = [];
  let next: string | null = '';
  while (next !== null) {
    const page: List = await list(`${path}?limit=1${next === '' ? '' : `&next=${next}`}`);
    expect(page.items.length).toBeLessThanOrEqual(1);
    items.push(...page.items);
    next = page.next;
  }
  return items;
}

describe('lists', () => {
  it.each(['alerts', 'budgets', 'channels'])('of %s come page by page', async (name) => {
    const whole = await list(`${ORGANISATION}/${name}`);
    expect(whole.items.length).toBeGreaterThanOrEqual(3);
    expect(whole.next).toBeNull();
    expect(await pagesOf(`${ORGANISATION}/${name}`)).toEqual(whole.items);
  });

  it.each(LISTS)('%s takes limit and next, within their bounds', async (path) => {
    expect(await pagesOf(path)).toHaveLength((await list(`${path}?limit=500`)).items.length);
    for (const limit of ['0', '-1', '501', '1e9', 'all', '']) {
      const problem = (await api.admin.get(`${path}?limit=${limit}`)).problem();
      expect([limit, problem.status, problem.code]).toEqual([limit, 400, 'InvalidParameter']);
    }
    expect((await api.admin.get(`${path}?next=x`)).problem()).toMatchObject({ status: 400, code: 'InvalidCursor' });
  });

  it('do not take the cursor of another list', async () => {
    const { next } = await list(`${ORGANISATION}/alerts?limit=1`);
    const answer = await api.admin.get(`${ORGANISATION}/budgets?limit=1&next=${next}`);
    expect(answer.problem()).toMatchObject({ status: 400, code: 'InvalidCursor' });
  });
});
