import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningAggregator } from '../../apps/aggregator/src/index.js';
import { CATALOG } from '../support/api-catalog.js';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';
import { eventually } from '../support/eventually.js';
import { ok, PayingAccounts } from '../support/paying-accounts.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);
const DAY_MS = 86_400_000;
const RANGE = 'from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z';
const EVENTS = 40;
const RATES = [
  { meter: 'calls', pool: 'tool-runs', price: { model: 'unit', credits: '1', per: '1' } },
  { meter: 'output-tokens', pool: 'credits', price: { model: 'unit', credits: '2', per: '1000' } },
];
/** An event of a completion is measured three times, for two pools. */
const MANY_METERS = {
  ...CATALOG,
  meters: [
    ...CATALOG.meters,
    { key: 'calls', eventType: 'llm.completion', aggregation: 'count' },
    { key: 'output-tokens', eventType: 'llm.completion', aggregation: 'sum', value: 'output_tokens' },
  ],
  rateCards: CATALOG.rateCards.map((card) => ({
    ...card,
    versions: card.versions.map((version) => ({ ...version, rates: [...version.rates, ...RATES] })),
  })),
};

interface Item {
  readonly id: string;
  readonly pool: string;
  readonly amount: string;
  readonly balanceAfter: string | null;
  readonly entry: string;
  readonly event: { readonly id: string };
  readonly resource: { readonly project: string | null };
  readonly lines: readonly { readonly meter: string; readonly events: number }[];
}
interface List {
  readonly items: readonly Item[];
  readonly next: string | null;
}

let api: ApiHarness;
let accounts: PayingAccounts;
let aggregator: RunningAggregator | undefined;

const eventOf = (nth: number, subject: string, type = 'llm.completion'): object => ({
  specversion: '1.0',
  id: `e-${nth}`,
  source: '/gateway',
  type,
  subject,
  time: new Date(NOW_MS - nth * 3_600_000).toISOString(),
  data: {
    project: `p-${nth % 3}`,
    user: `u-${nth % 4}`,
    ...(nth % 5 === 0 ? {} : { model: nth % 2 === 0 ? 'large' : 'small' }),
    input_tokens: 1000 + nth,
    output_tokens: 100,
  },
});
const publish = (events: readonly object[]) =>
  ok(
    api.admin.post('/v1/events', {
      raw: JSON.stringify(events),
      headers: { 'content-type': 'application/cloudevents-batch+json' },
    }),
  );
const get = async <T>(path: string): Promise<T> => (await ok(accounts.get(path))).json() as T;
const pagesOf = async (path: string, limit: number): Promise<Item[]> => {
  const items: Item[] = [];
  let next: string | null = null;
  do {
    const page: List = await get<List>(`${path}&limit=${limit}${next === null ? '' : `&next=${next}`}`);
    items.push(...page.items);
    ({ next } = page);
  } while (next !== null);
  return items;
};

beforeAll(async () => {
  api = await startApiHarness({}, { isProjecting: true });
  await ok(api.admin.put('/v1/catalog', { json: MANY_METERS, headers: { 'if-match': '"0"' } }));
  accounts = new PayingAccounts(api, NOW_MS);
  aggregator = await accounts.startAggregator();
  await ok(accounts.put('acme', { plan: 'pro', openedAt: '2026-11-01T00:00:00Z' }));
  for (const from of [0, 15, 30]) {
    await publish(Array.from({ length: Math.min(15, EVENTS - from) }, (_, index) => eventOf(from + index, 'acme')));
    await eventually('the usage', async () => {
      const answer = await accounts.get(`acme/usage?${RANGE}`);
      // The read model may not know the account yet.
      if (answer.status === 404) return false;
      const { items } = answer.json() as { items: { events: number }[] };
      return items[0]?.events === Math.min(EVENTS, from + 15);
    });
  }
  await api.projected('acme');
});
afterAll(async () => {
  await aggregator?.stop();
  await api.stop();
});

describe('events of answers', () => {
  it.each([
    ['in all', 'usage', '', EVENTS],
    ['by a dimension', 'usage', '&groupBy=user', EVENTS],
    ['by hour', 'usage', '&window=hour', EVENTS],
    ['by several dimensions', 'usage', '&groupBy=user,model', EVENTS],
    ['by meter', 'usage', '&groupBy=meter', 3 * EVENTS],
    ['of one meter', 'usage', '&filter[meter]=calls', EVENTS],
    ['of consumers', 'top-consumers', '&by=user', EVENTS],
    ['of consumers of a meter', 'top-consumers', '&by=user&meter=calls', EVENTS],
    ['of meters', 'top-consumers', '&by=meter', 3 * EVENTS],
  ])('count usage events %s', async (_name, route, query, expected) => {
    const { items } = await get<{ items: { events: number }[] }>(`acme/${route}?${RANGE}&limit=500${query}`);
    expect(items.reduce((sum, { events }) => sum + events, 0)).toBe(expected);
  });

  it('are the same to the operator', async () => {
    const answer = await ok(api.admin.get(`/v1/top-consumers?by=organisation&${RANGE}`));
    expect(answer.json()).toMatchObject({ total: { events: EVENTS }, items: [{ value: 'acme', events: EVENTS }] });
  });
});

describe('the ledger by usage event', () => {
  it('has each event once a pool, newest first, and adds up to the entries', async () => {
    const items = await pagesOf('acme/ledger?detail=event', 7);
    expect(items.map(({ pool, event }) => `${pool} ${event.id}`).toSorted()).toEqual(
      ['credits', 'tool-runs']
        .flatMap((pool) => Array.from({ length: EVENTS }, (_, nth) => `${pool} e-${nth}`))
        .toSorted(),
    );
    expect(items.map(({ id }) => id)).toEqual((await pagesOf('acme/ledger?detail=event', 500)).map(({ id }) => id));
    const entries = await pagesOf('acme/ledger?type=deduction', 500);
    expect(entries.length).toBeGreaterThanOrEqual(6);
    for (const entry of entries) {
      const own = items.filter((item) => item.entry === entry.id);
      const sum = own.reduce((total, { amount }) => total + Math.round(Number(amount) * 1e6), 0);
      expect(sum).toBe(Math.round(Number(entry.amount) * 1e6));
      expect(own[0]?.balanceAfter).toBe(entry.balanceAfter);
    }
    expect(items.every(({ resource }) => resource.project !== null)).toBe(true);
    const credits = items.find(({ pool, event }) => pool === 'credits' && event.id === 'e-7');
    expect(credits).toMatchObject({
      amount: '-0.7035',
      event: { source: '/gateway', id: 'e-7', time: '2026-11-20T03:00:00Z' },
      resource: { project: 'p-1', session: null },
      lines: [
        { meter: 'input-tokens', events: 1, quantity: '1007', credits: '0.5035' },
        { meter: 'output-tokens', events: 1, quantity: '100', credits: '0.2' },
      ],
    });
  });

  it('tells events of one project, without a balance', async () => {
    const items = await pagesOf('acme/ledger?detail=event&project=p-1&pool=credits', 4);
    expect(items.length).toBe(13);
    expect(items.every((item) => item.resource.project === 'p-1' && item.balanceAfter === null)).toBe(true);
    expect(await pagesOf('acme/ledger?detail=event&type=grant', 50)).toEqual([]);
  });
});

describe('the balance of the past', () => {
  it.each([
    ['before any usage', 'at=2026-11-10T00:00:00Z', '1000', '0'],
    ['now', 'at=2026-11-21T00:00:00Z', '971.61', '28.39'],
    ['as known now', 'knownAt=2026-11-20T10:00:00Z', '971.61', '28.39'],
  ])('is folded from the stream %s', async (_name, query, balance, used) => {
    const answer = await get<{ pools: readonly object[] }>(`acme/balance?${query}`);
    expect(answer.pools[0]).toMatchObject({ pool: 'credits', granted: '1000', balance, used });
  });

  it('is nothing that was known before it was recorded', async () => {
    const answer = await accounts.get('acme/balance?at=2026-11-21T00:00:00Z&knownAt=2026-11-20T09:59:59Z');
    expect(answer.status).toBe(404);
  });
});

const gate = () => get<object>('quiet/gate?pool=credits&estimate=1');

describe('the gate', () => {
  it('does not count a grant that has expired since the last event', async () => {
    await ok(accounts.put('quiet', { plan: 'free' }));
    await ok(
      accounts.post('quiet/grants', {
        pool: 'credits',
        amount: '5',
        source: 'promotion',
        expiresAt: new Date(NOW_MS + DAY_MS).toISOString(),
        reason: 'welcome',
      }),
    );
    expect(await gate()).toMatchObject({ allowed: true, available: '5' });
    accounts.setNow(NOW_MS + DAY_MS);
    expect(await gate()).toMatchObject({ allowed: false, reason: 'InsufficientCredits', available: '0' });
    expect(await gate()).toMatchObject({ allowed: false, available: '0' });
    accounts.setNow(NOW_MS);
    expect(await gate()).toMatchObject({ allowed: true, available: '5' });
  });
});

describe('requeues at the same time', () => {
  it('are all answered and all written down', async () => {
    const raw = Buffer.from(JSON.stringify(eventOf(99, 'acme', 'no.such.type')));
    const headers = { 'content-type': [Buffer.from('application/cloudevents+json')] };
    await api.feed.publish(
      'usage.v1',
      [0, 1, 2, 3, 4, 5].map(() => ({ key: Buffer.from('acme'), value: raw, headers })),
    );
    type Records = { items: { id: string; requeuedAt: string | null }[] };
    const list = async () => ((await ok(api.admin.get('/v1/quarantine'))).json() as Records).items;
    await eventually('the quarantine', async () => (await list()).length === 6);
    const kept = await list();
    const answers = await Promise.all(kept.map(({ id }) => api.admin.post(`/v1/quarantine/${id}/requeue`)));
    expect(answers.map(({ status }) => status)).toEqual(kept.map(() => 200));
    await eventually('the marks', async () => {
      const marked = (await list()).filter(({ id }) => kept.some((each) => each.id === id));
      return marked.every(({ requeuedAt }) => requeuedAt !== null);
    });
  });
});

describe('a requeue after the topic was created anew', () => {
  it('publishes the record that was quarantined, not the one that stands at its offset now', async () => {
    const headers = { 'content-type': [Buffer.from('application/cloudevents+json')] };
    const recordOf = (type: string) => ({
      key: Buffer.from('acme'),
      value: Buffer.from(JSON.stringify(eventOf(98, 'acme', type))),
      headers,
    });
    const quarantined = recordOf('another.unknown.type');
    const [at] = await api.feed.publish('usage.v1', [quarantined]);
    type Kept = { items: { id: string; record: { topic: string; partition: number; offset: string } }[] };
    let id: string | undefined;
    await eventually('the quarantine', async () => {
      const { items } = (await ok(api.admin.get('/v1/quarantine'))).json() as Kept;
      id = items.find(
        ({ record }) =>
          record.topic === at?.topic && record.partition === at.partition && record.offset === String(at.offset),
      )?.id;
      return id !== undefined;
    });
    await aggregator?.stop();
    await api.feed.deleteTopic('usage.v1');
    await api.feed.ensureTopics([{ topic: 'usage.v1', timestamps: 'append', partitions: 2 }]);
    const others = Array.from({ length: Number(at?.offset ?? 0n) + 1 }, () => recordOf('llm.completion'));
    await api.feed.publish('usage.v1', others);
    await ok(api.admin.post(`/v1/quarantine/${id}/requeue`));
    const requeued = (await api.recordsOf('usage.v1.requeue')).at(-1);
    expect(Buffer.from(requeued?.value ?? []).toString()).toBe(quarantined.value.toString());
  });
});
