import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatNotice, signWebhook } from '@app/payments';
import type { Customer } from '../support/story/customer.js';
import { MessageReceiver } from '../support/story/message-receiver.js';
import { Product } from '../support/story/product.js';

const AT = '2026-02-02T09:00:00Z';
const SECRET = 'whsec_of_the_payment_processor';

let product: Product;
let messages: MessageReceiver;
beforeAll(async () => {
  messages = await MessageReceiver.start();
  product = await Product.launch('credits-billing.json', {
    ...messages.env,
    CREDITFOLD_PAYMENT_WEBHOOK_SECRET: SECRET,
  });
});
afterAll(async () => {
  await product.ends();
  await messages.stop();
});

const organisation = (name: string): Promise<Customer> => product.customer(name).opens('professional', AT);
const balanceOf = (customer: Customer, balance: string): Promise<unknown> =>
  customer.waitsFor(
    `a balance of ${balance}`,
    () => customer.balance(),
    (seen) => seen === balance,
  );

/** What the payment processor sends when a customer has paid. */
async function tellPaid(customer: Customer, checkout: string): Promise<number> {
  const raw = formatNotice({
    id: `te_${checkout}`,
    kind: 'paid',
    subject: { organisation: customer.organisation, purpose: 'checkout', id: checkout },
    payment: `tp_${checkout}`,
    amountMinor: 50_000n,
    currency: 'EUR',
    reason: null,
  });
  const signature = signWebhook(Buffer.from(raw), SECRET, Date.now());
  const headers = { 'content-type': 'application/json', 'creditfold-signature': signature };
  return (await product.client.post('/v1/payments/webhook', { key: null, raw, headers })).status;
}

describe('credit packages', () => {
  it('carry bonus credits on larger purchases, and show what a credit costs', async () => {
    expect(await product.read('/v1/packages')).toMatchObject([
      { key: 'small', credits: '10000', bonus: '0', effectiveCostPerCredit: { amount: '0.01', currency: 'EUR' } },
      { key: 'medium', credits: '50000', bonus: '2500', effectiveCostPerCredit: { amount: '0.009523809524' } },
      { key: 'large', credits: '100000', bonus: '10000', effectiveCostPerCredit: { amount: '0.009090909091' } },
    ]);
  });
});

describe('the purchase workflow', () => {
  it('opens a checkout, and adds credits and bonus when it is paid, once', async () => {
    const customer = await organisation('shopper');
    const checkout = await customer.post('checkouts', { package: 'medium' }, { 'creditfold-actor': 'ada' });
    expect(checkout).toMatchObject({ status: 'open', url: expect.stringMatching(/^https:/) });
    expect(await customer.balance()).toBe('0');
    for (let times = 0; times < 3; times++) expect(await tellPaid(customer, String(checkout['id']))).toBe(200);
    expect(await customer.balance()).toBe('52500');
    expect(await customer.lists('purchases')).toMatchObject([
      { cause: 'checkout', credits: '50000', bonus: '2500', price: { amount: '500.00', currency: 'EUR' } },
    ]);
    // Recorded with time and user.
    const at = { at: AT, actor: 'ada' };
    expect(await customer.lists('ledger')).toMatchObject([
      { type: 'grant', cause: 'bonus', amount: '2500', ...at },
      { type: 'purchase', cause: 'purchase', amount: '50000', balanceAfter: '50000', ...at },
    ]);
  });

  it('is paid by the stored method, or declined and not credited', async () => {
    for (const [behaviour, balance] of [
      ['approve', '10000'],
      ['decline', '0'],
    ] as const) {
      const customer = await organisation(`checkout-${behaviour}`);
      await customer.put('payment-method', { kind: 'test', behaviour });
      await customer.post('checkouts', { package: 'small' });
      expect(await balanceOf(customer, balance)).toBe(balance);
    }
  });
});

describe('usage', () => {
  it('of AI tokens costs by model, and is tracked by model, operation and user', async () => {
    const customer = await organisation('tokens');
    await customer.post('purchases', { package: 'small' });
    const asks = (model: string, operation: string, user: string) =>
      customer.uses('ai.completed', { model, operation, user, input_tokens: 10_000, output_tokens: 5_000 });
    await asks('large', 'chat', 'ada');
    await asks('small', 'chat', 'ben');
    await asks('small', 'search', 'ada');
    const used = async (dimension: string): Promise<unknown[]> => {
      const range = 'from=2026-02-01T00:00:00Z&to=2026-03-01T00:00:00Z';
      const items = await customer.lists(`top-consumers?by=${dimension}&${range}`);
      return items.map(({ value, credits }) => [value, credits]);
    };
    expect(await used('model')).toEqual([
      ['large', '10'],
      ['small', '5'],
    ]);
    expect(await used('operation')).toEqual([
      ['chat', '12.5'],
      ['search', '2.5'],
    ]);
    expect(await used('user')).toEqual([
      ['ada', '12.5'],
      ['ben', '2.5'],
    ]);
    expect(await customer.balance()).toBe('9985');
  });

  it('of compute, storage, bandwidth and data operations is deducted by itself', async () => {
    const customer = await product.customer('infrastructure').opens('professional', '2026-02-01T00:00:00Z');
    await customer.post('purchases', { package: 'small' });
    await customer.uses('compute.ran', { hours: 2.5 });
    await customer.uses('storage.measured', { gigabytes: 8 });
    await customer.uses('data.transferred', { gigabytes: 150 });
    await customer.sends(Array.from({ length: 10 }, () => ({ type: 'data.operated', data: {} })));
    await customer.comesTo('2026-03-01T01:00:00Z');
    expect(await customer.lists('monthly-summaries?year=2026&month=2')).toMatchObject([
      {
        pools: [{ granted: '10000', used: '189.005', closing: '9810.995' }],
        meters: [
          // The first hundred gigabytes at 1, the others at 0.8.
          { meter: 'bandwidth-gigabytes', quantity: '150', credits: '140' },
          { meter: 'compute-hours', quantity: '2.5', credits: '25' },
          { meter: 'data-operations', quantity: '10', credits: '0.005' },
          { meter: 'storage-gb-months', quantity: '8', credits: '24' },
        ],
      },
    ]);
  });
});

describe('the balance', () => {
  it('is topped up by itself when it falls below the threshold', async () => {
    const customer = await organisation('topped-up');
    await customer.put('payment-method', { kind: 'test', behaviour: 'approve' });
    await customer.post('purchases', { package: 'small' });
    await customer.put('auto-recharge', { enabled: true, package: 'small', threshold: '2000', monthlyLimit: '300.00' });
    await customer.uses('compute.ran', { hours: 800 });
    expect(await customer.balance()).toBe('2000');
    await customer.uses('compute.ran', { hours: 0.1 });
    await balanceOf(customer, '11999');
    expect(await customer.lists('purchases')).toMatchObject([{ cause: 'recharge' }, { cause: 'order' }]);
  });

  it('alerts when it approaches the minimum', async () => {
    const customer = await organisation('low');
    await messages.connect(customer);
    await customer.post('purchases', { package: 'small' });
    const at = [{ value: '5000', severity: 'warning', channels: ['email'] }];
    await customer.put('alerts/low', { pool: 'credits', basis: 'balance', at });
    await customer.uses('compute.ran', { hours: 499.9 });
    expect(await customer.reads('alerts/low')).toMatchObject({ at: [{ reached: false }] });
    await customer.uses('compute.ran', { hours: 0.1 });
    expect(await messages.come({ to: 'email', words: 'Alert low: 5000 reached', count: 1 })).toHaveLength(1);
  });
});

const computeMeters = (hours: number): unknown => [
  expect.objectContaining({ meter: 'compute-hours', quantity: String(hours), credits: String(hours * 10) }),
];
const by = (actor: string) => ({ 'creditfold-actor': actor });

describe('reporting', () => {
  it('sums up each month by usage type, filtered by organisation, year and month', async () => {
    const customer = await product.customer('monthly').opens('professional', '2025-12-01T00:00:00Z');
    await customer.post('purchases', { package: 'large' });
    for (const [month, hours] of [
      ['2025-12', 10],
      ['2026-01', 20],
      ['2026-02', 30],
    ] as const) {
      await customer.comesTo(`${month}-15T00:00:00Z`);
      await customer.uses('compute.ran', { hours });
    }
    const months = async (filter: string): Promise<unknown[]> =>
      (await customer.lists(`monthly-summaries?${filter}`)).map(({ year, month, meters }) => [year, month, meters]);
    expect(await months('year=2026')).toEqual([
      [2026, 2, computeMeters(30)],
      [2026, 1, computeMeters(20)],
    ]);
    expect(await months('year=2025&month=12')).toEqual([[2025, 12, computeMeters(10)]]);
    expect(await months('year=2024')).toEqual([]);
    const other = await organisation('without-usage');
    expect(await other.lists('monthly-summaries?year=2026&month=2')).toMatchObject([{ meters: [] }]);
  });

  it('keeps every movement with its time, its reason and who did it, and nobody can change one', async () => {
    const customer = await organisation('audited');
    const bought = await customer.post('purchases', { package: 'small' }, by('ada'));
    const id = await customer.uses('compute.ran', { hours: 10 });
    await customer.reads('balance');
    await customer.post('refunds', { event: { source: '/story', id }, reason: 'failed run' }, by('support'));
    await customer.post('adjustments', { pool: 'credits', amount: '-50', reason: 'correction' }, by('finance'));
    await customer.post('refunds', { purchase: bought['id'], amount: '950', reason: 'not needed' }, by('finance'));
    const entries = await customer.lists('ledger');
    expect(
      entries.map(({ type, amount, balanceAfter, actor, reason }) => [type, amount, balanceAfter, actor, reason]),
    ).toEqual([
      ['refund', '-950', '9000', 'finance', 'not needed'],
      ['adjustment', '-50', '9950', 'finance', 'correction'],
      ['refund', '100', '10000', 'support', 'failed run'],
      ['deduction', '-100', '9900', null, null],
      ['purchase', '10000', '10000', 'ada', null],
    ]);
    for (const method of ['PUT', 'PATCH', 'DELETE', 'POST']) {
      const path = `/v1/organisations/audited/ledger/${String(entries[0]?.['id'])}`;
      expect((await product.client.send(method, path, { json: {} })).status).toBe(404);
    }
    expect(await customer.lists('ledger')).toEqual(entries);
  });
});
