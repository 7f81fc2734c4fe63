import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningAggregator } from '../../apps/aggregator/src/index.js';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';
import { eventually } from '../support/eventually.js';
import { ok, PayingAccounts } from '../support/paying-accounts.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);
const BEGIN_MS = Date.UTC(2026, 8, 1);
const DAY_MS = 86_400_000;

let api: ApiHarness;
let accounts: PayingAccounts;
let aggregator: RunningAggregator;

/** A sandbox that lives from September to 20 November: traces every day, and a large day at the end. */
beforeAll(async () => {
  api = await startApiHarness({}, { isProjecting: true });
  await api.publishCatalog();
  accounts = new PayingAccounts(api, NOW_MS);
  aggregator = await accounts.startAggregator();
  await ok(accounts.put('year', { plan: 'pro', clock: { manual: new Date(BEGIN_MS).toISOString() } }));
  for (const [first, end] of [
    [0, 31],
    [31, 61],
  ] as const) {
    await send(daysFrom(first, end));
    await ok(accounts.post('year/clock', { to: new Date(BEGIN_MS + end * DAY_MS).toISOString() }));
    await ok(accounts.post('year/purchases', { package: 'small' }));
  }
  await send([...daysFrom(61, 80), event(80, 'last', 80_000)]);
  await ok(accounts.post('year/clock', { to: new Date(BEGIN_MS + 80 * DAY_MS + 3_600_000).toISOString() }));
  await eventually(
    'all usage',
    async () => (await report('usage?from=2026-09-01T00:00:00Z&to=2026-12-01T00:00:00Z')).items[0]?.['events'] === 81,
  );
  await api.projected('year');
});
afterAll(async () => {
  await aggregator.stop();
  await api.stop();
});

/** Ten credits a day for 20,000 tokens. */
const event = (day: number, id = `d-${day}`, tokens = 20_000) => ({
  specversion: '1.0',
  id,
  source: '/gateway',
  type: 'llm.completion',
  subject: 'year',
  time: new Date(BEGIN_MS + day * DAY_MS).toISOString(),
  data: { input_tokens: tokens, model: 'large', project: day % 2 === 0 ? 'search' : 'search-dev' },
});
const daysFrom = (first: number, end: number) =>
  Array.from({ length: end - first }, (_, index) => event(first + index));

const send = async (events: readonly object[]): Promise<void> => {
  for (const each of events) {
    const raw = JSON.stringify(each);
    const at = (each as { time: string }).time;
    await ok(accounts.post('year/clock', { to: at }));
    await ok(api.admin.post('/v1/events', { raw, headers: { 'content-type': 'application/cloudevents+json' } }));
  }
};

interface Report {
  readonly items: readonly Record<string, unknown>[];
  readonly [field: string]: unknown;
}
const report = async (path: string): Promise<Report> => (await ok(accounts.get(`year/${path}`))).json() as Report;

describe('reports', () => {
  it('show trends by day, week and month, each beside the one before', async () => {
    const days = await report('trends?window=day');
    expect(days.items[0]).toMatchObject({ start: '2026-11-20T00:00:00Z', credits: '40', change: '3' });
    expect(days.items).toHaveLength(30);
    const weeks = await report('trends?window=week&groupBy=model');
    expect(weeks.items[1]).toMatchObject({
      start: '2026-11-09T00:00:00Z',
      end: '2026-11-16T00:00:00Z',
      group: { model: 'large' },
      credits: '70',
      change: '0',
    });
    const months = await report('trends?window=month&groupBy=meter');
    expect(months.items.map(({ credits, change }) => [credits, change])).toEqual([
      ['230', '-0.258'],
      ['310', '0.0333'],
      ['300', null],
    ]);
  });

  it('forecast when credits end, by a rule that they state', async () => {
    const forecast = await report('forecast?basedOn=P30D&for=P90D');
    expect(forecast).toMatchObject({ basedOn: 'P30D', for: 'P90D', rule: expect.stringContaining('average') });
    expect(forecast.items[0]).toMatchObject({ pool: 'credits', used: '330', perDay: '11', expectedUsed: '990' });
    expect(forecast.items[1]).toMatchObject({ pool: 'tool-runs', daysUntilExhausted: null, exhaustedAt: null });
  });

  it('flag the unusual day against the account’s own history', async () => {
    const flags = await report('flags');
    expect(flags['rule']).toContain('median');
    expect(flags.items).toEqual([
      { pool: 'credits', day: '2026-11-20T00:00:00Z', credits: '40', usual: '10', times: '4' },
    ]);
  });

  it('compare a week with the one before', async () => {
    expect(await report('reports/weekly?week=2026-W47')).toMatchObject({
      week: '2026-W47',
      from: '2026-11-16T00:00:00Z',
      thisWeek: '80',
      lastWeek: '70',
      change: '0.1428',
      changePercent: '14.28',
      meters: [{ meter: 'input-tokens', thisWeek: '80', lastWeek: '70' }],
    });
    expect(await report('reports/weekly')).toMatchObject({ week: '2026-W47' });
  });

  it('state closed months as invoices, and no open one', async () => {
    const october = await report('statements?year=2026&month=10');
    expect(october.items).toMatchObject([
      {
        number: 'year-2026-10',
        issuedAt: '2026-11-01T00:00:00Z',
        plan: 'pro',
        lines: [
          { kind: 'plan', price: { amount: '49.00', currency: 'USD' } },
          { kind: 'purchase', credits: '2500000', price: { amount: '10.00', currency: 'EUR' } },
          { kind: 'usage', description: 'input-tokens', quantity: '620000', credits: '310', price: null },
        ],
        totals: [
          { amount: '49.00', currency: 'USD' },
          { amount: '10.00', currency: 'EUR' },
        ],
        pools: [{ pool: 'credits', used: '310' }, { pool: 'tool-runs' }],
      },
    ]);
    expect((await report('statements?year=2026&month=11')).items).toEqual([]);
    expect((await report('statements')).items.map(({ number }) => number)).toEqual(['year-2026-10', 'year-2026-09']);
  });

  it('recommend what the account’s own usage says', async () => {
    const { items } = await report('recommendations');
    expect(items).toMatchObject([
      {
        id: 'selective-instrumentation',
        saving: '135',
        unit: 'credits per month',
        rule: expect.stringContaining('90 %'),
      },
    ]);
  });

  it.each([
    'trends?window=year',
    'trends?groupBy=colour',
    'forecast?basedOn=P0D',
    'forecast?basedOn=P2Y',
    'forecast?for=tomorrow',
    'reports/weekly?week=2026-W54',
    'statements?month=13',
  ])('do not understand %s', async (path) => {
    const answer = await accounts.get(`year/${path}`);
    expect([answer.status, answer.problem().code]).toEqual([400, 'InvalidParameter']);
  });

  it.each(['trends', 'forecast', 'flags', 'reports/weekly', 'statements', 'recommendations'])(
    'answer 404 for %s of nobody',
    async (path) => {
      expect((await accounts.get(`nobody/${path}`)).status).toBe(404);
    },
  );
});
