import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningAggregator } from '../../apps/aggregator/src/index.js';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';
import { eventually } from '../support/eventually.js';
import { ok, PayingAccounts } from '../support/paying-accounts.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);
const HOUR_MS = 3_600_000;

let api: ApiHarness;
let accounts: PayingAccounts;
let aggregator: RunningAggregator;
beforeAll(async () => {
  api = await startApiHarness({}, { isProjecting: true });
  await api.publishCatalog();
  accounts = new PayingAccounts(api, NOW_MS);
  aggregator = await accounts.startAggregator();
  await ok(accounts.put('acme', { plan: 'pro' }));
});
afterAll(async () => {
  await aggregator.stop();
  await api.stop();
});

interface Listed {
  readonly totals: { readonly resources: number; readonly credits: string; readonly durationMs: number };
  readonly items: readonly { readonly id: string; readonly credits: string }[];
  readonly next: string | null;
}
const list = async (query: string): Promise<Listed> =>
  (await ok(accounts.get(`acme/resources?${query}`))).json() as Listed;

const put = (path: string, more: object = {}): Promise<{ json(): unknown }> =>
  ok(accounts.put(`acme/resources/${path}`, { name: 'A name', owner: 'u-17', status: 'deployed', ...more }));

describe('resources', () => {
  it('are listed with what they used, by the dimension that is named after their kind', async () => {
    await put('model/large', { name: 'Large', type: 'fine-tuned' });
    await put('model/small', { name: 'Small', type: 'base' });
    await put('deployment/d-1', { model: 'large', hardware: 'a100' });
    for (const [id, model, tokens] of [
      ['1', 'large', 20_000],
      ['2', 'large', 40_000],
      ['3', 'small', 2_000],
    ] as const)
      await ok(
        api.admin.post('/v1/events', {
          raw: JSON.stringify({
            specversion: '1.0',
            id,
            source: '/gateway',
            type: 'llm.completion',
            subject: 'acme',
            time: new Date(NOW_MS).toISOString(),
            data: { input_tokens: tokens, model },
          }),
          headers: { 'content-type': 'application/cloudevents+json' },
        }),
      );
    await eventually('the usage', async () => (await list('kind=model')).totals.credits === '31');
    expect(await list('kind=model')).toMatchObject({
      kind: 'model',
      totals: { resources: 2, events: 3, credits: '31', hostingCredits: '0' },
      items: [
        { id: 'small', type: 'base', credits: '1', lastActive: '2026-11-20T00:00:00Z', deployedAs: [] },
        {
          id: 'large',
          owner: 'u-17',
          status: 'deployed',
          credits: '30',
          components: [{ meter: 'input-tokens', events: 2, quantity: '60000', credits: '30' }],
          deployedAs: [{ id: 'd-1', hardware: 'a100', deployments: 1 }],
        },
      ],
    });
    expect((await list('kind=model&to=2026-11-20T00:00:00Z')).totals.credits).toBe('0');
  });

  it('count deployments and how long each lasted', async () => {
    await put('guardrail/g', { deployedAt: new Date(NOW_MS - 3 * HOUR_MS).toISOString() });
    await put('guardrail/g', { status: 'undeployed' });
    accounts.setNow(NOW_MS + HOUR_MS);
    await put('guardrail/g');
    accounts.setNow(NOW_MS + 2 * HOUR_MS);
    expect(await list('kind=guardrail')).toMatchObject({
      totals: { resources: 1, durationMs: 4 * HOUR_MS },
      items: [{ id: 'g', status: 'deployed', deployments: 2, durationMs: 4 * HOUR_MS }],
    });
  });

  it('are paged', async () => {
    for (let index = 0; index < 3; index++) await put(`tool/t-${index}`);
    const first = await list('kind=tool&limit=2');
    const second = await list(`kind=tool&limit=2&next=${first.next ?? ''}`);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(['t-2', 't-1', 't-0']);
    expect(first.totals.resources).toBe(3);
    expect(second.next).toBeNull();
  });

  it.each([
    ['planet/x', { name: 'X', owner: 'u', status: 'deployed' }, 404],
    ['tool/x', { name: 'X', owner: 'u', status: 'sleeping' }, 422],
    ['tool/x', { name: 'X', status: 'deployed' }, 422],
    ['tool/x', { name: 'X', owner: 'u', status: 'deployed', balance: '5' }, 422],
  ])('refuse %s %j', async (path, body, status) => {
    expect((await accounts.put(`acme/resources/${path}`, body)).status).toBe(status);
  });
});
