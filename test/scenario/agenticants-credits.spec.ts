import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MessageReceiver } from '../support/story/message-receiver.js';
import { Product } from '../support/story/product.js';
import type { Customer } from '../support/story/customer.js';

const AT = '2026-03-02T09:00:00Z';

let product: Product;
let messages: MessageReceiver;
beforeAll(async () => {
  messages = await MessageReceiver.start();
  product = await Product.launch('agenticants.json', messages.env);
});
afterAll(async () => {
  await product.ends();
  await messages.stop();
});

const team = (name: string, plan = 'pro', at = AT): Promise<Customer> => product.customer(name).opens(plan, at);
/** A trace costs a thousandth of a credit. */
const spend = (customer: Customer, credits: number, more = {}): Promise<string> =>
  customer.uses('traces.ingested', { traces: credits * 1_000, ...more });

describe('how credits work', () => {
  it('the Pro plan is 49 dollars a month with 100,000 credits; additional ones are 5 dollars a thousand', async () => {
    expect(await product.read('/v1/plans')).toContainEqual(
      expect.objectContaining({
        key: 'pro',
        price: { amount: '49.00', currency: 'USD', per: 'cycle' },
        included: [{ pool: 'credits', amount: '100000', rollover: { model: 'none' } }],
      }),
    );
    const [offer] = await product.read('/v1/packages');
    expect(offer).toMatchObject({ effectiveCostPerCredit: [{ amount: '0.005', currency: 'USD' }, {}, {}, {}] });
    expect(await (await team('pro')).pool()).toMatchObject({ granted: '100000', balance: '100000', status: 'green' });
  });

  it.each([
    ['traces.ingested', { traces: 5_000 }, '5'],
    ['spans.ingested', { spans: 10_000 }, '1'],
    ['metrics.ingested', { points: 20_000 }, '1'],
    ['api.requested', { requests: 2_000 }, '1'],
    ['evaluations.ran', { evaluations: 500 }, '1'],
    // Fractions of a thousand cost fractions of a credit.
    ['traces.ingested', { traces: 1 }, '0.001'],
    ['spans.ingested', { spans: 1 }, '0.0001'],
    ['metrics.ingested', { points: 1 }, '0.00005'],
  ])('%s %j costs %s', async (type, data, credits) => {
    const customer = await team(`rate-${type}-${credits}`);
    await customer.uses(type, data);
    expect((await customer.pool())['used']).toBe(credits);
  });

  it('10 GB stored for a month cost 50 credits, for half of it 25', async () => {
    const customer = await team('storage', 'pro', '2026-06-01T00:00:00Z');
    await customer.uses('storage.measured', { gigabytes: 10 });
    await customer.comesTo('2026-06-16T00:00:00Z');
    await customer.uses('storage.measured', { gigabytes: 10 });
    expect((await customer.pool())['used']).toBe('25');
    await customer.comesTo('2026-07-01T01:00:00Z');
    expect(await customer.lists('monthly-summaries?year=2026&month=6')).toMatchObject([
      {
        closed: true,
        pools: [{ used: '50' }],
        meters: [{ meter: 'storage-gb-months', quantity: '10', credits: '50' }],
      },
    ]);
  });
});

describe('monitoring', () => {
  it('the dashboard shows what is used and remains, when it resets, and the breakdown', async () => {
    const customer = await team('dashboard');
    await customer.uses('traces.ingested', { traces: 50_000 });
    await customer.uses('metrics.ingested', { points: 100_000 });
    expect(await customer.reads('balance?breakdown=meter')).toMatchObject({
      pools: [{ used: '55', available: '99945', resetAt: '2026-04-01T00:00:00Z' }],
      breakdown: [
        { meter: 'metric-points', pool: 'credits', events: 1, quantity: '100000', credits: '5' },
        { meter: 'traces', pool: 'credits', events: 1, quantity: '50000', credits: '50' },
      ],
    });
  });

  it('alerts tell at 70 % as a warning and at 90 % as critical, each through its channels', async () => {
    const customer = await team('alerts');
    await messages.connect(customer);
    await customer.put('alerts/usage', {
      pool: 'credits',
      basis: 'percent-used',
      at: [
        { value: 70, severity: 'warning', channels: ['email', 'slack'] },
        { value: 90, severity: 'critical', channels: ['email', 'slack', 'pagerduty'] },
      ],
    });
    await spend(customer, 69_999.999);
    expect(await customer.lists('alerts')).toMatchObject([{ at: [{ reached: false }, { reached: false }] }]);
    await spend(customer, 0.001);
    await messages.come({ to: 'slack', words: 'Alert usage: 70 reached', count: 1 });
    await spend(customer, 20_000);
    await messages.come({ to: 'slack', words: 'Alert usage: 90 reached', count: 1 });
    await messages.come({ to: 'email', words: 'Alert usage', count: 2 });
    const [page] = await messages.come({ to: 'pagerduty', words: 'Alert usage', count: 1 });
    expect(JSON.parse(page ?? '')).toMatchObject({
      payload: { severity: 'critical', custom_details: { value: '90' } },
    });
  });

  it('a budget of 10,000 tells Slack at 7,000 and e-mail at 9,000, and begins again with the month', async () => {
    const customer = await team('budget');
    await messages.connect(customer);
    const at = [
      { value: '7000', channels: ['slack'] },
      { value: '9000', severity: 'critical', channels: ['email'] },
    ];
    await customer.put('budgets/monthly', { pool: 'credits', limit: '10000', at });
    await spend(customer, 7_000);
    await messages.come({ to: 'slack', words: 'Budget monthly: 7000 reached', count: 1 });
    await spend(customer, 2_000);
    await messages.come({ to: 'email', words: 'Budget monthly: 9000 reached', count: 1 });
    expect(await customer.reads('budgets/monthly')).toMatchObject({ used: '9000', limit: '10000' });
    await customer.comesTo('2026-04-01T01:00:00Z');
    expect(await customer.reads('budgets/monthly')).toMatchObject({ used: '0', at: [{ reached: false }, {}] });
  });
});

describe('purchasing credits', () => {
  it.each([
    ['1000', '5.00'],
    ['9999', '50.00'],
    ['10000', '45.00'],
    ['49999', '225.00'],
    ['50000', '200.00'],
    ['99999', '400.00'],
    ['100000', '350.00'],
    ['1000000', '3500.00'],
  ])('%s credits cost %s dollars', async (quantity, amount) => {
    const customer = await team(`buys-${quantity}`);
    await customer.post('purchases', { package: 'additional-credits', quantity });
    expect(await customer.lists('purchases')).toMatchObject([
      { credits: quantity, price: { amount, currency: 'USD' } },
    ]);
    expect(await customer.balance()).toBe(String(100_000 + Number(quantity)));
  });

  it.each(['999', '1000001', '0.5'])('%s credits are not sold', async (quantity) => {
    const customer = await team(`cannot-buy-${quantity}`);
    expect(await customer.refusal('purchases', { package: 'additional-credits', quantity })).toBe('QuantityOutOfRange');
  });

  it('what is unused of a purchase can be refunded within 30 days, and not after', async () => {
    const customer = await team('refund');
    const buy = async () =>
      (await customer.post('purchases', { package: 'additional-credits', quantity: '1000' }))['id'];
    const [first, second] = [await buy(), await buy()];
    await spend(customer, 100_400);
    await customer.comesTo('2026-04-01T09:00:00Z');
    await customer.post('refunds', { purchase: first, reason: 'not needed' });
    expect(await customer.lists('ledger?type=refund')).toMatchObject([{ amount: '-600', reason: 'not needed' }]);
    await customer.comesTo('2026-04-01T09:00:00.001Z');
    expect(await customer.refusal('refunds', { purchase: second, reason: 'late' })).toBe('RefundWindowPassed');
  });

  it('subscription fees are not refundable', async () => {
    const customer = await team('fees');
    const [fee] = await customer.lists('ledger?type=grant');
    expect(fee).toMatchObject({ cause: 'plan', amount: '100000' });
    expect(await customer.refusal('refunds', { entry: fee?.['id'], reason: 'changed my mind' })).toBe('NotRefundable');
  });
});

describe('credit rollover', () => {
  it('monthly credits reset with each cycle and do not roll over; bought ones stay', async () => {
    const customer = await team('monthly');
    await customer.post('purchases', { package: 'additional-credits', quantity: '1000' });
    await spend(customer, 40_000);
    await customer.comesTo('2026-04-01T00:00:00Z');
    expect(await customer.pool()).toMatchObject({ opening: '1000', granted: '100000', used: '0', balance: '101000' });
  });

  it('an enterprise plan rolls over as agreed: here a tenth of its 1,000,000', async () => {
    const customer = await team('enterprise', 'enterprise');
    await customer.comesTo('2026-04-01T00:00:00Z');
    expect(await customer.balance()).toBe('1100000');
  });

  it('an annual pool is granted once a year and refilled with the next', async () => {
    const customer = await team('annual', 'enterprise-annual', '2026-01-01T00:00:00Z');
    const terms = { pool: 'credits', amount: '12000000', source: 'plan', recurrence: { every: 'P1Y' } };
    await customer.post('grants', { ...terms, reason: 'annual pool' });
    await spend(customer, 5_000_000);
    await customer.comesTo('2026-12-31T00:00:00Z');
    expect(await customer.balance()).toBe('7000000');
    await customer.comesTo('2027-01-01T00:00:00Z');
    expect(await customer.balance()).toBe('12000000');
  });
});

describe('questions', () => {
  it('out of credits, collection pauses until credits are added or the cycle resets; history stays readable', async () => {
    const customer = await team('runs-out');
    const isCollecting = async () => (await customer.sees('gate?pool=credits&running=true'))['allowed'];
    await spend(customer, 99_999.999);
    await customer.reads('balance');
    expect(await isCollecting()).toBe(true);
    await spend(customer, 0.001);
    await customer.reads('balance');
    expect(await customer.sees('gate?pool=credits')).toMatchObject({ allowed: false, reason: 'InsufficientCredits' });
    expect(await isCollecting()).toBe(false);
    expect(await customer.lists('usage?from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z')).toMatchObject([
      { events: 2, credits: '100000' },
    ]);
    await customer.post('purchases', { package: 'additional-credits', quantity: '1000' });
    expect(await isCollecting()).toBe(true);
    await spend(customer, 1_000);
    await customer.reads('balance');
    expect(await isCollecting()).toBe(false);
    await customer.comesTo('2026-04-01T00:00:00Z');
    expect(await isCollecting()).toBe(true);
  });

  it('credits cannot be transferred between accounts', async () => {
    const customer = await team('generous');
    const other = await team('receiver');
    const answer = await customer.tries('transfers', { to: 'receiver', pool: 'credits', amount: '5' });
    expect(answer.status).toBe(404);
    const [grant] = (await customer.pool())['grants'] as { id: string }[];
    expect(await other.refusal('adjustments', { pool: 'credits', amount: '5', from: grant?.id, reason: 'gift' })).toBe(
      'InvalidBody',
    );
  });
});
