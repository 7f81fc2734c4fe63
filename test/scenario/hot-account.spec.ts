import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Customer } from '../support/story/customer.js';
import { Product } from '../support/story/product.js';

const AT = '2026-03-02T09:00:00Z';
const LATER = '2026-03-03T09:00:00Z';
const [COMMANDS, CALLERS, BATCHES, BATCH] = [200, 10, 40, 50];

let product: Product;
beforeAll(async () => {
  product = await Product.launch('getting-started.json');
});
afterAll(() => product.ends());

/** As many at once as there are callers, each one call behind the other. */
async function crowd(count: number, call: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < count) await call(next++);
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('a hot account', () => {
  it('takes commands, questions and usage at once, and loses none of them', async () => {
    const customer = await product.customer('hot').opens('starter', AT);
    await Promise.all([
      crowd(COMMANDS, async (index) => {
        const id = `h-${index}`;
        await customer.post('holds', { id, pool: 'credits', amount: '2', expiresAt: LATER });
        await customer.post(`holds/${id}/settle`, { amount: '1' });
      }),
      // Questions bring the account up to date, whatever is being decided meanwhile.
      crowd(COMMANDS, () => customer.sees('gate?pool=credits&estimate=1')),
      crowd(BATCHES, (batch) =>
        customer.sends(
          numbers(BATCH).map((index) => ({
            id: `e-${batch}-${index}`,
            type: 'tool.ran',
            data: {},
          })),
        ),
      ),
    ]);
    await usageIsIn(customer, BATCHES * BATCH);
    expect(await customer.pool('credits')).toMatchObject({ used: String(COMMANDS), held: '0' });
    expect(await customer.lists('holds')).toEqual([]);
    const settled = await customer.lists('ledger?type=deduction&pool=credits&limit=500');
    expect(settled).toHaveLength(COMMANDS);
  });

  it('gives 10 holds of 1 on a balance of 10, when 100 ask at once', async () => {
    const customer = await product.customer('contended').opens('starter', AT);
    await customer.spends('99990');
    const hold = { pool: 'credits', amount: '1', expiresAt: LATER };
    const answers = await Promise.all(numbers(100).map(() => customer.tries('holds', hold)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(new Set(answers.filter(({ status }) => status !== 200).map((answer) => answer.problem().code))).toEqual(
      new Set(['InsufficientCredits']),
    );
    expect(await customer.sees('gate?pool=credits')).toMatchObject({ available: '0', allowed: false });
  });

  it('buys once, when 100 purchases come at once with one key', async () => {
    const customer = await product.customer('eager').opens('starter', AT);
    const key = { 'idempotency-key': 'the same' };
    const answers = await Promise.all(numbers(100).map(() => customer.post('purchases', { package: 'small' }, key)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await customer.lists('purchases')).toHaveLength(1);
    expect(await customer.balance()).toBe('126000');
  });

  it('says once which of 5,000 folded events crossed a threshold', async () => {
    const customer = await product.customer('watched').opens('starter', AT);
    await customer.put('alerts/half', { pool: 'credits', basis: 'percent-used', at: [{ value: 50 }] });
    const large = { model: 'large', input_tokens: 130_000_000, output_tokens: 0 };
    for (let batch = 0; batch < 5; batch++)
      await customer.sends(
        numbers(1_000).map((index) => ({
          id: `w-${batch * 1_000 + index}`,
          type: 'llm.completion',
          data: batch === 3 && index === 210 ? large : { input_tokens: 1, output_tokens: 0 },
        })),
      );
    await usageIsIn(customer, 5_000);
    expect(await customer.reads('alerts/half')).toMatchObject({
      at: [{ reached: true, crossing: { cause: { kind: 'usage', source: '/story', id: 'w-3210' } } }],
    });
    const told = await customer.waitsFor(
      'the notification',
      () => customer.lists('notifications'),
      (items) => items.some(({ title }) => String(title).startsWith('Alert half')),
    );
    expect(told.filter(({ title }) => String(title).startsWith('Alert half'))).toHaveLength(1);
  });

  it('is not changed by closing a month twice', async () => {
    const customer = await product.customer('closing').opens('starter', AT);
    await customer.uses('tool.ran');
    const after = '2026-04-01T01:00:00Z';
    await customer.comesTo(after);
    const closed = await customer.lists('monthly-summaries');
    const { revision } = (await customer.reads('balance'))['asOf'] as { revision: string };
    expect(closed).toMatchObject([{ closed: false }, { closed: true, pools: [{}, { used: '1' }] }]);
    await customer.comesTo(after);
    await customer.comesTo(after);
    expect(await customer.lists('monthly-summaries')).toEqual(closed);
    expect(await customer.lists('ledger?type=grant')).toHaveLength(4);
    // The commands are recorded, and close nothing again.
    const events =
      Number(((await customer.reads('balance'))['asOf'] as { revision: string }).revision) - Number(revision);
    expect(events).toBe(4);
  });
});

async function usageIsIn(customer: Customer, events: number): Promise<void> {
  await customer.reads('balance');
  const [item] = await customer.lists('usage?from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z');
  expect(item).toMatchObject({ events });
}
