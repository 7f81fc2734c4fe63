import { describe, expect, it } from '@jest/globals';
import { AccountFixture, catalogFixture, LARGE_CATALOG } from '../testing/index.js';

const llm = (id: string, time: string, tokens: number, model = 'small') => ({
  id,
  type: 'llm',
  time,
  data: { tokens, model },
});

describe('the fold of usage', () => {
  it('opens an account on the default plan and draws its credits', () => {
    const account = new AccountFixture();
    account.use(llm('1', '2026-03-05T10:00:00Z', 80));
    expect(account.events.map((e) => e.type)).toEqual(['AccountOpened', 'UsageCharged']);
    expect(account.balance()).toBe('97.999');
    expect(account.pool().usedNanos).toBe(2_001_000_000n);
    expect(account.balance('runs')).toBe('10');
  });

  it('charges cumulative cost: the split of usage over events does not matter', () => {
    const one = new AccountFixture();
    one.use(llm('1', '2026-03-05T10:00:00Z', 2_500, 'large'));
    const many = new AccountFixture();
    for (let i = 0; i < 25; i++) many.use(llm(`${i}`, '2026-03-05T10:00:00Z', 100, 'large'));
    const requestNanos = 1_000_000n;
    expect(many.pool().usedNanos - 25n * requestNanos).toBe(one.pool().usedNanos - requestNanos);
  });

  it('charges an event once, in one batch and in another', () => {
    const account = new AccountFixture();
    const event = llm('1', '2026-03-05T10:00:00Z', 80);
    account.use(event, event);
    account.use(event);
    expect(account.pool().usedNanos).toBe(2_001_000_000n);
    expect(account.events).toHaveLength(2);
  });

  it('quarantines a conflict, and keeps the first', () => {
    const account = new AccountFixture();
    account.use(llm('1', '2026-03-05T10:00:00Z', 80));
    const { counts } = account.use(llm('1', '2026-03-06T10:00:00Z', 90));
    expect(counts.quarantined).toBe(1);
    expect(account.events.at(-1)).toMatchObject({ type: 'UsageQuarantined', records: [{ reason: 'Conflict' }] });
  });

  it.each([
    ['UnknownEventType', { type: 'other', time: '2026-03-05T10:00:00Z' }],
    ['NothingToMeter', { type: 'peak', time: '2026-03-05T10:00:00Z' }],
    ['InvalidQuantity', { type: 'llm', time: '2026-03-05T10:00:00Z', data: { tokens: -1 } }],
    ['UnknownFactor', { type: 'gpu', time: '2026-03-05T10:00:00Z', data: { hours: 1, replicas: 1, hardware: 'h100' } }],
    ['TooOld', { type: 'llm', time: '2026-03-05T10:00:00Z', at: '2026-04-09T10:00:00.001Z' }],
    ['InFuture', { type: 'llm', time: '2026-03-06T10:00:00.001Z', at: '2026-03-05T10:00:00Z' }],
    ['BeforeOpening', { type: 'llm', time: '2026-02-28T23:59:59Z', at: '2026-03-05T10:00:00Z' }],
  ])('quarantines %s and charges nothing', (reason, fixture) => {
    const account = new AccountFixture();
    account.use(llm('first', '2026-03-05T09:00:00Z', 40));
    account.use({ id: 'x', ...fixture });
    expect(account.events.at(-1)).toMatchObject({ type: 'UsageQuarantined', records: [{ reason }] });
    expect(account.pool().usedNanos).toBe(1_001_000_000n);
    expect(account.state.wallet.ledgerTimeMs).toBe(Date.UTC(2026, 2, 5, 9));
  });

  it('holds the quarantine of an organisation without account outside of it', () => {
    const account = new AccountFixture();
    const decision = account.use({ id: '1', type: 'other', time: '2026-03-05T10:00:00Z' });
    expect(decision.events).toEqual([]);
    expect(decision.unhosted).toMatchObject([{ reason: 'UnknownEventType' }]);
    const both = account.use(
      { id: '2', type: 'other', time: '2026-03-05T10:00:00Z' },
      llm('3', '2026-03-05T10:00:00Z', 1),
    );
    expect(both.unhosted).toEqual([]);
    expect(account.events.map((e) => e.type)).toEqual(['AccountOpened', 'UsageCharged', 'UsageQuarantined']);
  });

  it('overdraws, and pays overdraft with the next credits', () => {
    const account = new AccountFixture();
    account.use(llm('1', '2026-03-05T10:00:00Z', 8_000));
    expect(account.balance()).toBe('-100.001');
    expect(account.pool().overdraftNanos).toBe(100_001_000_000n);
    account.grant('150', '2026-03-06T00:00:00Z');
    expect(account.balance()).toBe('49.999');
    expect(account.pool().overdraftNanos).toBe(0n);
  });
});

describe('late and adjusted usage', () => {
  it('takes back what expired at the end of its cycle, so that an outage changes no balance', () => {
    const account = new AccountFixture();
    account.use(llm('1', '2026-03-05T10:00:00Z', 400));
    account.use(llm('2', '2026-04-01T00:30:00Z', 40));
    const before = account.balance();
    const { counts } = account.use({ ...llm('3', '2026-03-31T23:00:00Z', 800), at: '2026-04-01T00:31:00Z' });
    expect(counts).toMatchObject({ late: 1, charged: 0 });
    expect(account.balance()).toBe(before);
    account.passTo('2026-04-01T01:00:00Z');
    expect(account.events.at(-1)).toMatchObject({
      type: 'CycleClosed',
      pools: [{ closingNanos: 0n }, { closingNanos: 0n }],
    });
  });

  it('charges usage of a closed cycle now, at its own rates, marked as adjusted', () => {
    const account = new AccountFixture();
    account.use(llm('1', '2026-03-05T10:00:00Z', 400));
    account.passTo('2026-04-01T01:00:00Z');
    const { counts } = account.use({ ...llm('2', '2026-03-31T23:00:00Z', 40), at: '2026-04-01T02:00:00Z' });
    expect(counts.adjusted).toBe(1);
    expect(account.balance()).toBe('98.999');
    expect(account.pool().usedNanos).toBe(1_001_000_000n);
  });

  it('closes history inline, and refuses what comes after it unless the load adjusts', () => {
    const account = new AccountFixture();
    const past = { mode: 'history' } as const;
    account.use(
      { ...llm('1', '2025-03-05T10:00:00Z', 40), ...past },
      { ...llm('2', '2025-05-05T10:00:00Z', 40), ...past },
    );
    expect(account.events.map((e) => e.type)).toEqual([
      'AccountOpened',
      'UsageCharged',
      'CycleEnded',
      'CycleClosed',
      'CycleEnded',
      'CycleClosed',
      'UsageCharged',
    ]);
    account.use({ ...llm('3', '2025-03-06T10:00:00Z', 40), ...past });
    expect(account.events.at(-1)).toMatchObject({ type: 'UsageQuarantined', records: [{ reason: 'HistoryClosed' }] });
    account.use({ ...llm('3', '2025-03-06T10:00:00Z', 40), ...past, isAdjusting: true });
    expect(account.events.at(-1)).toMatchObject({
      type: 'UsageCharged',
      uses: [{ outcome: 'adjusted' }, { outcome: 'adjusted' }],
    });
  });
});

const figures = (account: AccountFixture): string => {
  const used = account.state.wallet.pools.get('credits')?.figures.get(Date.UTC(2026, 3, 1))?.usedNanos ?? 0n;
  return `${used / 1_000_000_000n}.${String(used % 1_000_000_000n).padStart(9, '0')}`;
};

describe('meters that are no sums', () => {
  it.each([
    { kind: 'max', type: 'peak', field: 'size', values: [5, 3, 9], balance: '91' },
    { kind: 'unique', type: 'visit', field: 'person', values: ['a', 'b', 'a'], balance: '94' },
    { kind: 'latest', type: 'seats', field: 'seats', values: [5, 9, 2], balance: '86' },
  ])('$kind', ({ type, field, values, balance }) => {
    const account = new AccountFixture();
    values.forEach((value, i) =>
      account.use({ id: `${i}`, type, time: `2026-03-05T10:0${i}:00Z`, data: { [field]: value } }),
    );
    expect(account.balance()).toBe(balance);
  });

  it('integrates a gauge, whatever the order of its samples, and adds the rest at the cycle’s end', () => {
    const samples = [
      { id: 'a', type: 'storage', time: '2026-04-01T00:00:00Z', data: { gigabytes: 2 } },
      { id: 'b', type: 'storage', time: '2026-04-16T00:00:00Z', data: { gigabytes: 4 } },
      { id: 'c', type: 'storage', time: '2026-04-11T00:00:00Z', at: '2026-04-16T00:00:00Z', data: { gigabytes: 0 } },
    ];
    const [a, b, c] = samples;
    if (a === undefined || b === undefined || c === undefined) throw new Error('three samples');
    const used = [
      [a, b, c],
      [a, c, b],
    ].map((order) => {
      const account = new AccountFixture();
      account.use(...order);
      account.passTo('2026-05-01T00:00:00Z');
      account.use({ ...llm('z', '2026-05-01T00:00:00Z', 0) });
      return account.events.filter((e) => e.type === 'CycleEnded').length === 1 ? figures(account) : null;
    });
    // 2 GB for 10 of 30 days and 4 GB for 15 of 30 days: 2.6667 GB-months at 5 credits.
    expect(used).toEqual(['13.333333333', '13.333333333']);
  });

  it('multiplies fields and factor exactly', () => {
    const account = new AccountFixture();
    account.use({
      id: '1',
      type: 'gpu',
      time: '2026-03-05T10:00:00Z',
      data: { hours: '0.000000001', replicas: '0.5', hardware: 'a100' },
    });
    account.use({
      id: '2',
      type: 'gpu',
      time: '2026-03-05T10:00:00Z',
      data: { hours: 1.5, replicas: 2, hardware: 'a100' },
    });
    expect(account.pool().usedNanos).toBe(8_000_000_001n);
  });
});

const unit = (credits: string) => ({
  meter: 'tokens',
  pool: 'credits',
  price: { model: 'unit' as const, credits, per: '1' },
});

describe('prices over time', () => {
  it('rates by the version that is effective at usage time, and goes on counting', () => {
    const [card] = LARGE_CATALOG.rateCards;
    const [version] = card?.versions ?? [];
    if (card === undefined || version === undefined) throw new Error('a card with a version');
    const catalog = catalogFixture({
      rateCards: [
        {
          key: 'standard',
          versions: [
            {
              effectiveFrom: '2020-01-01T00:00:00Z',
              rates: [
                { meter: 'requests', pool: 'credits', price: { model: 'unit', credits: '0', per: '1' } },
                unit('1'),
              ],
            },
            {
              effectiveFrom: '2026-03-10T00:00:00Z',
              rates: [
                { meter: 'requests', pool: 'credits', price: { model: 'unit', credits: '0', per: '1' } },
                unit('2'),
              ],
            },
          ],
        },
      ],
    });
    const account = new AccountFixture(catalog);
    account.use(llm('1', '2026-03-09T23:59:59.999Z', 10), llm('2', '2026-03-10T00:00:00Z', 10));
    expect(account.pool().usedNanos).toBe(30_000_000_000n);
  });
});
