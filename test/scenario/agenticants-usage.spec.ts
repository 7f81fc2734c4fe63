import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { poolOf, usageOf } from '../support/figures.js';
import { backfill } from '../support/run-app.js';
import type { Customer } from '../support/story/customer.js';
import { Product } from '../support/story/product.js';

/** A month that is over, so that the gigabytes held since its start have accrued to its end. */
const [MONTH_START, NEXT_MONTH] = ['2025-06-01T00:00:00Z', '2025-07-01T00:00:00Z'];

interface Team {
  readonly organisation: string;
  readonly traces: number;
  readonly spans: number;
  readonly points: number;
  readonly gigabytes: number;
  readonly requests: number;
  readonly credits: Readonly<Record<string, string>>;
  readonly total: string;
}

type Five = readonly [string, string, string, string, string];

const credits = (...[traces, spans, points, storage, requests]: Five) => ({
  traces,
  spans,
  'metric-points': points,
  'storage-gb-months': storage,
  'api-requests': requests,
});

const TEAMS: readonly Team[] = [
  {
    organisation: 'small-team',
    traces: 50_000,
    spans: 200_000,
    points: 100_000,
    gigabytes: 2,
    requests: 10_000,
    credits: credits('50', '20', '5', '10', '5'),
    total: '90',
  },
  {
    organisation: 'growing-startup',
    traces: 500_000,
    spans: 2_000_000,
    points: 1_000_000,
    gigabytes: 20,
    requests: 100_000,
    credits: credits('500', '200', '50', '100', '50'),
    total: '900',
  },
  {
    organisation: 'enterprise',
    traces: 10_000_000,
    spans: 50_000_000,
    points: 20_000_000,
    gigabytes: 500,
    requests: 5_000_000,
    credits: credits('10000', '5000', '1000', '2500', '2500'),
    total: '21000',
  },
];

/** A month as its producers report it: every third day a tenth of all, and the gigabytes once, at the start. */
function eventsOf(team: Team): readonly object[] {
  const event = (id: string, time: string, type: string, data: object) => ({
    id,
    time,
    type,
    subject: team.organisation,
    data,
  });
  const daily = Array.from({ length: 10 }, (_, index) => {
    const time = `2025-06-${String(1 + index * 3).padStart(2, '0')}T12:00:00Z`;
    return [
      event(`traces-${index}`, time, 'traces.ingested', { traces: team.traces / 10 }),
      event(`spans-${index}`, time, 'spans.ingested', { spans: team.spans / 10 }),
      event(`points-${index}`, time, 'metrics.ingested', { points: team.points / 10 }),
      event(`requests-${index}`, time, 'api.requested', { requests: team.requests / 10 }),
    ];
  });
  const storage = event('storage', MONTH_START, 'storage.measured', { gigabytes: team.gigabytes });
  // The first usage of the next month is what lets the account's time pass the month's end.
  const next = event('next-month', NEXT_MONTH, 'evaluations.ran', { evaluations: 0 });
  return [storage, ...daily.flat(), next];
}

let product: Product;
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'examples-'));
  product = await Product.launch('agenticants.json');
});
afterAll(async () => {
  await product.ends();
  await rm(scratch, { recursive: true });
});

describe('usage examples', () => {
  beforeAll(async () => {
    const file = join(scratch, 'month.ndjson');
    const lines = TEAMS.flatMap(eventsOf).map((event) => JSON.stringify(event));
    await writeFile(file, lines.join('\n'));
    await backfill(product.client.url, file);
  });

  it.each(TEAMS)('$organisation: $total credits in the month', async ({ organisation, credits: wanted, total }) => {
    const items = (await usageOf(product.client, organisation, 'meter')).filter(({ start }) => start === MONTH_START);
    const used = Object.fromEntries(items.map((item) => [item.group['meter'], item.credits]));
    expect(used).toEqual(wanted);
    const [month] = await product.customer(organisation).lists('monthly-summaries?year=2025&month=6');
    expect(month).toMatchObject({ pools: [{ pool: 'credits', granted: '100000', used: total }] });
  });

  it.each(TEAMS)('$organisation begins the next month with all that the plan includes', async ({ organisation }) => {
    expect(await poolOf(product.client, organisation)).toMatchObject({
      granted: '100000',
      used: '0',
      balance: '100000',
    });
  });
});

/** Five weeks of the same every day, and a Monday with four times the traces. */
describe('usage analytics', () => {
  let customer: Customer;
  beforeAll(async () => {
    customer = await product.customer('observed').opens('pro', '2026-10-12T00:00:00Z');
    for (let day = 0; day <= 35; day++) {
      await customer.comesTo(new Date(Date.UTC(2026, 9, 12 + day, 12)).toISOString());
      const traces = day === 35 ? 40_000 : 10_000;
      await customer.sends([
        { type: 'traces.ingested', data: { traces, project: 'search', user: 'u-1' } },
        { type: 'api.requested', data: { requests: 4_000, project: 'search', user: 'u-1' } },
        { type: 'spans.ingested', data: { spans: 20_000, project: 'search-dev', user: 'u-2' } },
      ]);
    }
    await customer.comesTo('2026-11-16T13:00:00Z');
  });

  it('trends of the last 30 days, by day, week and month', async () => {
    const days = await customer.lists('trends?window=day');
    expect(days).toHaveLength(30);
    expect(days[0]).toMatchObject({ start: '2026-11-16T00:00:00Z', credits: '44', change: '2.1428' });
    expect(days[29]).toMatchObject({ start: '2026-10-18T00:00:00Z', credits: '14' });
    const [, week] = await customer.lists('trends?window=week');
    expect(week).toMatchObject({ start: '2026-11-09T00:00:00Z', credits: '98', change: '0' });
    const months = await customer.lists('trends?window=month');
    expect(months.map(({ credits: used }) => used)).toEqual(['254', '280']);
  });

  it('the top ten consumers of the last seven days', async () => {
    const range = 'from=2026-11-10T00:00:00Z&to=2026-11-17T00:00:00Z';
    expect(await customer.lists(`top-consumers?by=user&${range}&limit=10`)).toMatchObject([
      { rank: 1, value: 'u-1', credits: '114', share: '0.8906', previous: { credits: '84' }, change: '0.3571' },
      { rank: 2, value: 'u-2', credits: '14', share: '0.1094', change: '0.0000' },
    ]);
  });

  it('usage projected for 90 days, based on the last 30', async () => {
    expect(await customer.reads('forecast?basedOn=P30D&for=P90D')).toMatchObject({
      rule: expect.stringContaining('average'),
      items: [
        {
          used: '450',
          perDay: '15',
          expectedUsed: '1350',
          balance: '99746',
          daysUntilExhausted: '6649.733',
          expectedCycleEndBalance: '99529.125',
        },
      ],
    });
  });

  it('the weekly report: this week, last week, change', async () => {
    expect(await customer.reads('reports/weekly')).toMatchObject({
      week: '2026-W47',
      thisWeek: '44',
      lastWeek: '98',
      changePercent: '-55.1',
    });
    expect(await customer.reads('reports/weekly?week=2026-W46')).toMatchObject({ change: '0', thisWeek: '98' });
  });

  it('fair use: the unusual day is flagged against the account’s own history', async () => {
    expect(await customer.lists('flags')).toEqual([
      { pool: 'credits', day: '2026-11-16T00:00:00Z', credits: '44', usual: '14', times: '3.14' },
    ]);
  });

  it('tips to reduce usage: sampling, batches, selective instrumentation, each with its saving and its rule', async () => {
    const items = await customer.lists('recommendations');
    expect(items.map(({ id, saving, unit }) => [id, saving, unit])).toEqual([
      ['sampling', '351', 'credits per month'],
      ['batching', '59.4', 'credits per month'],
      ['selective-instrumentation', '54', 'credits per month'],
    ]);
    for (const each of items)
      expect(each).toMatchObject({
        title: expect.any(String),
        action: expect.any(String),
        rule: expect.stringContaining('30 days'),
      });
  });
});

describe('optimisation', () => {
  it('retention and compression where data is stored; an upgrade where credits are bought every month', async () => {
    const customer = await product.customer('stores').opens('pro', '2026-08-01T00:00:00Z');
    const buy = (): Promise<unknown> => customer.post('purchases', { package: 'additional-credits', quantity: '1000' });
    await buy();
    await customer.comesTo('2026-09-01T00:00:00Z');
    await buy();
    await customer.uses('storage.measured', { gigabytes: 10 });
    await customer.comesTo('2026-09-16T00:00:00Z');
    await customer.uses('storage.measured', { gigabytes: 10 });
    await customer.comesTo('2026-10-01T01:00:00Z');
    await buy();
    expect((await customer.lists('recommendations')).map(({ id, saving }) => [id, saving])).toEqual([
      ['upgrade', '1000'],
      ['compression', '30'],
      ['retention', '25'],
    ]);
  });
});
