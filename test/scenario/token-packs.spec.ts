import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Customer } from '../support/story/customer.js';
import { Product } from '../support/story/product.js';

const AT = '2026-01-05T09:00:00Z';
const PLAN_TOKENS = 2_000_000;

let product: Product;
beforeAll(async () => {
  product = await Product.launch('token-packs.json');
});
afterAll(() => product.ends());

const workspace = (name: string, plan = 'team'): Promise<Customer> => product.customer(name).opens(plan, AT);
const consumes = (customer: Customer, tokens: number, more = {}): Promise<string> =>
  customer.uses('ai.used', { tokens, operation: 'enrichment', ...more });
const tokensOf = (customer: Customer): Promise<unknown> => customer.balance('tokens');

describe('how credits work', () => {
  it('the plan’s allocation is used first, then packs, which are there until they are used', async () => {
    const customer = await workspace('patient');
    await customer.post('purchases', { package: 'starter' });
    await consumes(customer, PLAN_TOKENS - 500_000);
    expect(await remainders(customer)).toEqual({ plan: '500000', purchase: '1000000' });
    await consumes(customer, 700_000);
    expect(await remainders(customer)).toEqual({ plan: '0', purchase: '800000' });
    await customer.comesTo('2026-02-01T00:00:00Z');
    expect(await remainders(customer)).toEqual({ plan: '2000000', purchase: '800000' });
    // Unlike monthly allocations, credits never expire.
    await customer.comesTo('2027-01-31T00:00:00Z');
    expect(await remainders(customer)).toEqual({ plan: '2000000', purchase: '800000' });
  });

  it('are available on all paid plans; users of the free plan must upgrade', async () => {
    const customer = await workspace('free-rider', 'free');
    for (const path of ['purchases', 'checkouts'])
      expect(await customer.refusal(path, { package: 'starter' })).toBe('PlanNotPaid');
    for (const plan of ['team', 'business']) {
      await customer.post('plan', { plan, at: 'now' });
      await customer.post('purchases', { package: 'starter' });
    }
    expect(await customer.lists('purchases')).toHaveLength(2);
  });
});

describe('credit packs', () => {
  it('are four, each with what it is best for; larger ones are better value', async () => {
    const packs = await product.read('/v1/packages');
    expect(packs.map(({ key, credits, price, description }) => [key, credits, price, description])).toEqual([
      ['starter', '1000000', { amount: '5.00', currency: 'EUR' }, 'Occasional overflow'],
      ['standard', '2500000', { amount: '10.00', currency: 'EUR' }, 'Regular use (most popular)'],
      ['plus', '7000000', { amount: '25.00', currency: 'EUR' }, 'Heavy enrichment'],
      ['pro', '15000000', { amount: '50.00', currency: 'EUR' }, 'Team-wide usage'],
    ]);
    const costs = packs.map(({ effectiveCostPerCredit }) =>
      Number((effectiveCostPerCredit as { amount: string }).amount),
    );
    expect(costs).toEqual(costs.toSorted((one, other) => other - one));
    expect(packs.map(({ expires }) => expires)).toEqual(Array(4).fill('never'));
  });
});

describe('auto-recharge', () => {
  it('buys the pack below the threshold with the saved method, for 50 euros a month unless told otherwise', async () => {
    const customer = await workspace('recharged');
    await customer.put('payment-method', { kind: 'test', behaviour: 'approve' });
    await customer.put('auto-recharge', { enabled: true, package: 'standard', threshold: '500000' });
    expect(await customer.sees('auto-recharge')).toMatchObject({ monthlyLimit: '50.00', currency: 'EUR' });
    await consumes(customer, 1_500_000);
    expect(await tokensOf(customer)).toBe('500000');
    for (let recharges = 1; recharges <= 5; recharges++) {
      await consumes(customer, recharges === 1 ? 1 : 2_500_000);
      await boughtSoFar(customer, recharges);
    }
    expect(await customer.sees('auto-recharge')).toMatchObject({ spentThisMonth: '50.00', open: null });
    await consumes(customer, 2_500_000);
    expect(await tokensOf(customer)).toBe('499999');
    expect(await customer.lists('purchases')).toHaveLength(5);
    // The next month has a limit of its own; the plan's tokens come first.
    await customer.comesTo('2026-02-01T00:00:00Z');
    await consumes(customer, PLAN_TOKENS);
    await boughtSoFar(customer, 6);
    expect(await customer.sees('auto-recharge')).toMatchObject({ spentThisMonth: '10.00' });
  });

  it('keeps to the limit that was set', async () => {
    const customer = await workspace('frugal');
    await customer.put('payment-method', { kind: 'test', behaviour: 'approve' });
    const terms = { enabled: true, package: 'standard', threshold: '500000', monthlyLimit: '19.99' };
    await customer.put('auto-recharge', terms);
    await consumes(customer, 1_600_000);
    await boughtSoFar(customer, 1);
    await consumes(customer, 2_500_000);
    expect(await tokensOf(customer)).toBe('400000');
    expect(await customer.sees('auto-recharge')).toMatchObject({ spentThisMonth: '10.00', open: null });
  });
});

describe('viewing the balance', () => {
  it('GET …/credits returns balance and transaction history: purchases, deductions, refunds', async () => {
    const customer = await workspace('viewer');
    await customer.post('purchases', { package: 'starter' });
    const id = await consumes(customer, 2_250_000, { project: 'crm', session: 's-9' });
    expect(await tokensOf(customer)).toBe('750000');
    await customer.comesTo('2026-01-06T09:00:00Z');
    await customer.post('refunds', { event: { source: '/story', id }, reason: 'enrichment failed' });
    // What was drawn goes back to where it came from.
    expect(await remainders(customer)).toEqual({ plan: '2000000', purchase: '1000000' });
    const nowhere = { project: null, session: null };
    expect(await customer.reads('credits')).toMatchObject({
      pools: [{ pool: 'tokens', balance: '3000000', used: '2250000', refunded: '2250000' }],
      entries: [
        { type: 'refund', amount: '2250000', at: '2026-01-06T09:00:00Z', reason: 'enrichment failed' },
        { type: 'deduction', amount: '-2250000', at: AT, resource: { project: 'crm', session: 's-9' } },
        { type: 'purchase', amount: '1000000', at: AT, resource: nowhere },
        { type: 'grant', cause: 'plan', amount: '2000000', at: AT, resource: nowhere },
      ],
    });
    expect(await customer.refusal('refunds', { event: { source: '/story', id }, reason: 'again' })).toBe(
      'AlreadyRefunded',
    );
    expect(await customer.lists('ledger?project=crm')).toMatchObject([{ type: 'deduction', amount: '-2250000' }]);
  });
});

describe('best practices', () => {
  it('upgrade if packs are needed month after month', async () => {
    const customer = await workspace('consistent');
    const advice = async (): Promise<unknown> =>
      (await customer.lists('recommendations')).find(({ id }) => id === 'upgrade');
    for (const [month, pack] of [
      ['01', 'starter'],
      ['02', 'standard'],
      ['03', 'standard'],
    ] as const) {
      expect(await advice()).toBeUndefined();
      await customer.comesTo(`2026-${month}-20T09:00:00Z`);
      await customer.post('purchases', { package: pack });
    }
    expect(await advice()).toMatchObject({ title: 'Upgrade the plan', saving: '2000000', rule: expect.any(String) });
  });
});

/** What is left of each source. */
async function remainders(customer: Customer): Promise<Readonly<Record<string, string>>> {
  const { grants } = (await customer.pool('tokens')) as { grants: { source: string; remaining: string }[] };
  return Object.fromEntries(grants.map(({ source, remaining }) => [source, remaining]));
}

async function boughtSoFar(customer: Customer, count: number): Promise<void> {
  const items = await customer.waitsFor(
    `${count} purchases`,
    () => customer.lists('purchases'),
    (seen) => seen.length >= count,
  );
  expect(items).toHaveLength(count);
}
