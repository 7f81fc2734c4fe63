import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Customer } from '../support/story/customer.js';
import { MessageReceiver } from '../support/story/message-receiver.js';
import { Product } from '../support/story/product.js';

const JANUARY = '2026-01-01T00:00:00Z';

let product: Product;
let messages: MessageReceiver;
beforeAll(async () => {
  messages = await MessageReceiver.start();
  product = await Product.launch('ai-engine.json', messages.env);
});
afterAll(async () => {
  await product.ends();
  await messages.stop();
});

const organisation = (name: string, plan: string, at = JANUARY): Promise<Customer> =>
  product.customer(name).opens(plan, at);
/** Two gigabytes for half an hour on an A100: 16 units of 2 credits. */
const TRAINING = { hours: 0.5, gigabytes: 2, hardware: 'a100' };

describe('how credits work', () => {
  it('one balance for all projects and team members, allocated by the plan or by manual top-ups', async () => {
    const team = await organisation('team', 'standard');
    await team.post('grants', { pool: 'credits', amount: '50', source: 'adjustment', reason: 'manual top-up' });
    await team.uses('data.processed', { gigabytes: 10, project: 'vision', user: 'ada' });
    await team.uses('data.processed', { gigabytes: 30, project: 'speech', user: 'ben' });
    expect(await team.pool()).toMatchObject({ granted: '1000', adjusted: '50', used: '20', balance: '1030' });
  });

  it.each([
    ['training.ran', TRAINING, '32'],
    ['training.ran', { ...TRAINING, hardware: 't4' }, '8'],
    ['training.ran', { ...TRAINING, hardware: 'cpu' }, '2'],
    // A request costs a thousandth, and each second a hundredth.
    ['inference.ran', { seconds: 1.5 }, '0.016'],
    ['data.processed', { gigabytes: 3 }, '1.5'],
  ])('operations cost by their intensity: %s %j costs %s', async (type, data, credits) => {
    const team = await organisation(`intensity-${type}-${credits}`, 'standard');
    await team.uses(type, data);
    expect((await team.pool())['used']).toBe(credits);
  });

  it('a complex operation is explained by its factors: time, data volume, computational resources', async () => {
    const team = await organisation('complex', 'standard');
    const id = await team.uses('training.ran', TRAINING);
    const factors = [
      { name: 'hours', value: '0.5' },
      { name: 'gigabytes', value: '2' },
      { name: 'factor by hardware', value: '16' },
    ];
    const line = { meter: 'training-units', quantity: '16', credits: '32', inputs: factors };
    const event = await team.reads(`events/${id}?source=/story`);
    expect(event).toMatchObject({ outcome: 'charged', lines: [line] });
    expect(await team.sees(`ledger/${String(event['entry'])}/explanation`)).toMatchObject({
      balance: { before: '1000', after: '968' },
      usage: [{ id, lines: [{ ...line, price: { model: 'unit', credits: '2', per: '1' } }] }],
    });
  });

  it('usage alerts tell when credits reach a threshold', async () => {
    const team = await organisation('alerted', 'standard');
    await messages.connect(team);
    const at = [{ value: 25, channels: ['email'] }];
    await team.put('alerts/low', { pool: 'credits', basis: 'percent-left', at });
    await team.uses('data.processed', { gigabytes: 1_500 });
    expect(await messages.come({ to: 'email', words: 'Alert low: 25 reached', count: 1 })).toHaveLength(1);
  });
});

describe('billing cycle', () => {
  it('runs from the 1st to the last day; on the 1st there is an invoice, paid with the stored method', async () => {
    const team = await organisation('billed', 'standard');
    await team.put('payment-method', { kind: 'test', behaviour: 'approve' });
    await team.post('purchases', { package: 'professional' });
    await team.uses('data.processed', { gigabytes: 100 });
    await team.comesTo('2026-02-01T01:00:00Z');
    await team.uses('data.processed', { gigabytes: 40 });
    await team.comesTo('2026-03-01T01:00:00Z');
    const invoices = await team.waitsFor(
      'two payments',
      () => team.lists('statements'),
      (items) =>
        items.length === 2 && items.every((each) => (each['payment'] as { status?: string } | null)?.status === 'paid'),
    );
    expect(invoices).toMatchObject([
      {
        number: 'billed-2026-02',
        issuedAt: '2026-03-01T00:00:00Z',
        cycle: { start: '2026-02-01T00:00:00Z', end: '2026-03-01T00:00:00Z' },
        lines: [
          { kind: 'plan', price: { amount: '29.00' } },
          { description: 'processed-gigabytes', credits: '20' },
        ],
        totals: [{ amount: '29.00', currency: 'USD' }],
        payment: { status: 'paid', amount: '29.00', currency: 'USD' },
      },
      {
        number: 'billed-2026-01',
        issuedAt: '2026-02-01T00:00:00Z',
        lines: [
          { kind: 'plan', description: 'standard', price: { amount: '29.00' } },
          { kind: 'purchase', credits: '5000', price: { amount: '120.00' } },
          { kind: 'usage', description: 'processed-gigabytes', quantity: '100', credits: '50' },
        ],
        totals: [{ amount: '149.00', currency: 'USD' }],
      },
    ]);
  });

  it('packages: 1,000, 5,000 and custom, bought at any time', async () => {
    const offers = await product.read('/v1/packages');
    expect(offers.map(({ key, credits, minQuantity }) => [key, credits ?? `from ${String(minQuantity)}`])).toEqual([
      ['standard', '1000'],
      ['professional', '5000'],
      ['enterprise', 'from 10000'],
    ]);
    const team = await organisation('buyer', 'standard');
    await team.post('purchases', { package: 'standard' });
    await team.post('purchases', { package: 'professional' });
    await team.post('purchases', { package: 'enterprise', quantity: '12345' });
    expect(await team.balance()).toBe('19345');
  });
});

describe('unused credits', () => {
  it('of a standard plan expire at the end of the cycle', async () => {
    const team = await organisation('standard', 'standard');
    await team.uses('data.processed', { gigabytes: 500 });
    await team.comesTo('2026-02-01T00:00:00Z');
    expect(await team.balance()).toBe('1000');
    expect(await team.lists('ledger?type=expiry')).toMatchObject([{ amount: '-750', cause: 'cycle-end' }]);
  });

  it('of a professional plan roll over for up to three months', async () => {
    const team = await organisation('professional', 'professional');
    const balances: unknown[] = [];
    for (const month of ['02', '03', '04', '05', '06']) {
      await team.comesTo(`2026-${month}-01T00:00:00Z`);
      balances.push(await team.balance());
    }
    // January's are gone after April, February's after May.
    expect(balances).toEqual(['10000', '15000', '20000', '20000', '20000']);
  });

  it('that rolled over are used before those of the month', async () => {
    const team = await organisation('thrifty', 'professional');
    await team.uses('data.processed', { gigabytes: 2_000 });
    await team.comesTo('2026-02-01T00:00:00Z');
    await team.uses('data.processed', { gigabytes: 10_000 });
    // 4,000 of January's were carried; 5,000 were used in February: 4,000 are left for March, and its own 5,000.
    await team.comesTo('2026-03-01T00:00:00Z');
    expect(await team.balance()).toBe('9000');
  });

  it('of an enterprise plan roll over by its own terms: here half of what it includes', async () => {
    const team = await organisation('large', 'enterprise');
    await team.comesTo('2026-02-01T00:00:00Z');
    expect(await team.balance()).toBe('75000');
  });
});

describe('monitoring usage', () => {
  it('reports consumption across projects and periods', async () => {
    const team = await organisation('reports', 'professional');
    for (const [month, vision] of [
      ['01', 10],
      ['02', 20],
    ] as const) {
      await team.comesTo(`2026-${month}-15T00:00:00Z`);
      await team.uses('data.processed', { gigabytes: vision, project: 'vision' });
      await team.uses('data.processed', { gigabytes: 4, project: 'speech' });
    }
    const range = 'from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z';
    const items = await team.lists(`usage?window=month&groupBy=project&${range}`);
    expect(items.map(({ start, group, credits }) => [start, group, credits])).toEqual([
      ['2026-02-01T00:00:00Z', { project: 'speech' }, '2'],
      ['2026-02-01T00:00:00Z', { project: 'vision' }, '10'],
      ['2026-01-01T00:00:00Z', { project: 'speech' }, '2'],
      ['2026-01-01T00:00:00Z', { project: 'vision' }, '5'],
    ]);
  });
});

describe('questions', () => {
  it('out of credits, new operations are paused until credits are bought or the next cycle begins', async () => {
    const team = await organisation('depleted', 'standard');
    const mayStart = async () => (await team.sees('gate?pool=credits&estimate=1'))['allowed'];
    expect(await mayStart()).toBe(true);
    await team.uses('data.processed', { gigabytes: 2_000 });
    await team.reads('balance');
    expect(await mayStart()).toBe(false);
    expect(await team.refusal('holds', { pool: 'credits', amount: '1', expiresAt: '2026-01-02T00:00:00Z' })).toBe(
      'InsufficientCredits',
    );
    await team.post('purchases', { package: 'standard' });
    expect(await mayStart()).toBe(true);
    await team.uses('data.processed', { gigabytes: 2_000 });
    await team.reads('balance');
    expect(await mayStart()).toBe(false);
    await team.comesTo('2026-02-01T00:00:00Z');
    expect(await mayStart()).toBe(true);
  });

  it('credits stay with their organisation', async () => {
    const giver = await organisation('giver', 'standard');
    const taker = await organisation('taker', 'standard');
    await giver.post('purchases', { package: 'standard', paymentReference: 'pay-1' });
    const [bought] = await giver.lists('purchases');
    expect((await giver.tries('transfers', { to: 'taker', amount: '1' })).status).toBe(404);
    expect(await taker.refusal('refunds', { purchase: String(bought?.['id']), reason: 'mine now' })).toBe(
      'UnknownPurchase',
    );
    expect([await giver.balance(), await taker.balance()]).toEqual(['2000', '1000']);
  });
});
