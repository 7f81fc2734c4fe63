import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningAggregator } from '../../apps/aggregator/src/index.js';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';
import { eventually } from '../support/eventually.js';
import { ok, PayingAccounts } from '../support/paying-accounts.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);

interface Marked {
  readonly name: string;
  readonly used: string | null;
  readonly figure: string;
  readonly at: readonly {
    readonly value: string;
    readonly reached: boolean;
    readonly crossing: { readonly cause: Record<string, unknown> } | null;
  }[];
}

let api: ApiHarness;
let accounts: PayingAccounts;
let aggregator: RunningAggregator;
beforeAll(async () => {
  api = await startApiHarness({}, { isProjecting: true });
  await api.publishCatalog();
  accounts = new PayingAccounts(api, NOW_MS);
  aggregator = await accounts.startAggregator();
});
afterAll(async () => {
  await aggregator.stop();
  await api.stop();
});

/** Events of `tokens` input tokens each: 2,000 tokens cost one credit. */
const use = async (organisation: string, events: readonly { id: string; tokens: number; project?: string }[]) => {
  const batch = events.map(({ id, tokens, project = 'search' }) => ({
    specversion: '1.0',
    id,
    source: '/gateway',
    type: 'llm.completion',
    subject: organisation,
    time: new Date(NOW_MS).toISOString(),
    data: { input_tokens: tokens, project },
  }));
  for (let at = 0; at < batch.length; at += 1_000) {
    await ok(
      api.admin.post('/v1/events', {
        raw: JSON.stringify(batch.slice(at, at + 1_000)),
        headers: { 'content-type': 'application/cloudevents-batch+json' },
      }),
    );
  }
};

const rule = async (path: string): Promise<Marked> => (await ok(accounts.get(path))).json() as Marked;

describe('alerts', () => {
  it('are crossed by one of 5,000 folded events, said once, with that event', async () => {
    await ok(accounts.put('one', { plan: 'pro' }));
    await ok(
      accounts.put('one/alerts/half', {
        pool: 'credits',
        basis: 'percent-used',
        at: [{ value: '50', severity: 'warning', channels: ['team'] }, { value: 90 }],
      }),
    );
    await use(
      'one',
      Array.from({ length: 5_000 }, (_, index) => ({ id: `e-${index}`, tokens: index === 3_210 ? 1_000_000 : 2 })),
    );
    await eventually('the crossing', async () => (await rule('one/alerts/half')).at[0]?.crossing?.cause !== undefined);
    expect((await rule('one/alerts/half')).at).toMatchObject([
      { value: '50', severity: 'warning', channels: ['team'], reached: true },
      { value: '90', severity: null, channels: [], reached: false, crossing: null },
    ]);
    const reached = await accounts.events('one', 'ThresholdReached');
    expect(reached.filter((event) => event.rule.name === 'half').map((event) => event.by)).toEqual([
      expect.objectContaining({ kind: 'usage', source: '/gateway', id: 'e-3210' }),
    ]);
  });

  it('may be set again without telling twice, and removed', async () => {
    await ok(accounts.put('again', { plan: 'pro' }));
    const body = { pool: 'credits', basis: 'balance', at: [{ value: '900', channels: ['a'] }] };
    await ok(accounts.put('again/alerts/low', body));
    await accounts.spend('again', '200');
    await ok(accounts.put('again/alerts/low', { ...body, at: [{ value: '900', channels: ['b'] }] }));
    expect(await accounts.events('again', 'ThresholdReached')).toHaveLength(1);
    await ok(api.admin.delete('/v1/organisations/again/alerts/low'));
    expect((await accounts.get('again/alerts/low')).status).toBe(404);
    expect((await api.admin.delete('/v1/organisations/again/alerts/low')).status).toBe(404);
  });

  it.each([
    ['alerts/x', { pool: 'credits', basis: 'percent-used', at: [] }],
    ['alerts/x', { pool: 'credits', basis: 'percent-used', at: [{ value: '1001' }] }],
    ['alerts/x', { pool: 'credits', basis: 'colour', at: [{ value: '50' }] }],
    ['alerts/x', { pool: 'credits', basis: 'balance', at: [{ value: '5' }, { value: 5 }] }],
    ['alerts/x', { pool: 'credits', basis: 'balance', at: [{ value: '0.0000000001' }] }],
    ['alerts/banner:credits', { pool: 'credits', basis: 'balance', at: [{ value: '5' }] }],
    ['budgets/x', { pool: 'credits', limit: '0' }],
    ['budgets/x', { pool: 'credits', limit: '10', scope: { colour: 'red' } }],
  ])('refuse %s %j', async (path, body) => {
    await accounts.put('refusing', { plan: 'pro' });
    const answer = await accounts.put(`refusing/${path}`, body);
    expect([answer.status, answer.problem().code]).toEqual([422, 'InvalidBody']);
  });

  it('need a pool of the catalog', async () => {
    await accounts.put('refusing', { plan: 'pro' });
    const answer = await accounts.put('refusing/budgets/x', { pool: 'none', limit: '5' });
    expect([answer.status, answer.problem().code]).toEqual([409, 'UnknownPool']);
  });
});

describe('budgets', () => {
  it('count from the start of the cycle, by scope, and record that figure', async () => {
    await ok(accounts.put('scoped', { plan: 'pro' }));
    await use('scoped', [
      { id: '1', tokens: 20_000, project: 'search' },
      { id: '2', tokens: 40_000, project: 'chat' },
      { id: '3', tokens: 60_000, project: 'search' },
    ]);
    await eventually('the charges', async () => (await accounts.available('scoped')) === '940');
    await ok(
      accounts.put('scoped/budgets/search', {
        pool: 'credits',
        limit: '100',
        scope: { project: 'search' },
        at: [{ value: '30' }, { value: '50', severity: 'critical', channels: ['team'] }],
      }),
    );
    expect(await rule('scoped/budgets/search')).toMatchObject({
      used: '40',
      at: [{ reached: true }, { reached: false }],
    });
    await use('scoped', [
      { id: '4', tokens: 40_000, project: 'chat' },
      { id: '5', tokens: 20_000, project: 'search' },
    ]);
    await eventually(
      'the mark',
      async () => (await rule('scoped/budgets/search')).at[1]?.crossing?.cause !== undefined,
    );
    expect(await rule('scoped/budgets/search')).toMatchObject({
      used: '50',
      limit: '100',
      scope: { project: 'search' },
      at: [{ crossing: { cause: { kind: 'command' } } }, { crossing: { cause: { kind: 'usage', id: '5' } } }],
    });
    expect((await accounts.events('scoped', 'ThresholdRuleSet')).map((event) => event.countedNanos)).toEqual([
      40_000_000_000n,
    ]);
  });
});
