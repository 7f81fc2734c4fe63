import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';

const RANGE = 'from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z';

let api: ApiHarness;
beforeAll(async () => {
  api = await startApiHarness({}, { isProjecting: true });
  await api.publishCatalog();
});
afterAll(() => api.stop());

describe('an account that was opened just now', () => {
  it.each([
    'balance',
    'balance?breakdown=meter',
    'credits',
    'ledger',
    'ledger?detail=event',
    'monthly-summaries',
    `usage?${RANGE}`,
    `top-consumers?by=meter&${RANGE}`,
    'trends',
    'forecast',
    'flags',
    'reports/weekly',
    'statements',
    'recommendations',
    'resources?kind=tool',
  ])('is found by %s', async (read) => {
    const name = read.replace('?', ' ');
    const organisation = `/v1/organisations/${encodeURIComponent(name)}`;
    const opened = await api.admin.put(organisation, { json: { plan: 'pro' } });
    expect(opened.status).toBe(200);
    expect((await api.admin.get(`${organisation}/${read}`)).status).toBe(200);
    // Before, the lane of usage may have nothing of it yet, and says so by revision -1.
    await api.projected(name);
    const answer = await api.admin.get(`${organisation}/${read}`);
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('"revision":"0"')]);
    expect((await api.admin.get(`/v1/organisations/nobody/${read}`)).status).toBe(404);
  });
});
