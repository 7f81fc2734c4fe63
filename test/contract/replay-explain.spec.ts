import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatCredits, poolViews } from '@app/metering';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { liveThrough, ReplayWorld } from '../support/replay-world.js';

let server: TestPostgres;
let world: ReplayWorld;
beforeAll(async () => {
  server = await startTestPostgres();
  world = await ReplayWorld.create(await server.createDatabase());
  await liveThrough(world, 'acme');
});
afterAll(async () => {
  await world.close();
  await server.stop();
});

async function json(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await world.replay(...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Record<string, unknown>;
}

describe('replay explain', () => {
  it('goes from a usage event to its record, price, inputs, draws and balances', async () => {
    const usage = await json('explain', '--organisation', 'acme', '--source', 'test', '--event', 'a2');
    expect(usage).toMatchObject({
      id: 'a2',
      outcome: 'charged',
      record: { topic: 'usage.v1', generation: 0, partition: 0, offset: '1', timestamp: '2026-03-02T11:00:00Z' },
      revision: '1',
      entry: '1-0',
    });
    const tokens = (usage['lines'] as Record<string, unknown>[]).find((line) => line['meter'] === 'tokens');
    // 1,000 at 1 for 300, then 600 at 0.5 for 700, less the 700 before at 1 for 300.
    expect(tokens).toMatchObject({
      quantity: '900',
      credits: '1.428571429',
      rateCard: { key: 'standard', effectiveFrom: '2020-01-01T00:00:00Z' },
      catalogVersion: 1,
      price: { model: 'graduated' },
      cumulative: { before: '700', after: '1600', costBefore: '2.333333333', costAfter: '3.761904762' },
      draws: [{ grant: 'g-0-0', from: 'grant', amount: '1.428571429' }],
    });
    expect(usage['balances']).toEqual([{ pool: 'credits', before: '97.665666667', after: '96.236095238' }]);
  });

  it.each([
    [
      'a product with its factor',
      'g1',
      { inputs: [{ value: '0.3' }, { value: '2' }, { value: '4' }], quantity: '2.4' },
    ],
    ['a negative charge that went back', 's2', { quantity: '-2', credits: '-14' }],
    ['late usage', 'l1', { meter: 'requests', quantity: '1' }],
  ])('explains %s', async (_name, id, line) => {
    const usage = await json('explain', '--organisation', 'acme', '--source', 'test', '--event', id);
    expect((usage['lines'] as unknown[])[0]).toMatchObject(line);
  });

  it('explains a ledger entry by the usage behind it', async () => {
    const explained = await json('explain', '--organisation', 'acme', '--entry', '1-0');
    expect(explained).toMatchObject({ entry: { id: '1-0', type: 'deduction', event: 'UsageCharged' } });
    expect((explained['usage'] as { id: string }[]).map(({ id }) => id)).toEqual(['a1', 'a2', 'a3']);
    const stored = await world.store.readStream('account-acme', { maxCount: 1_000 });
    const revision = stored.find(({ type }) => type === 'CreditsPurchased')?.revision;
    const purchase = await json('explain', '--organisation', 'acme', '--entry', `${revision}-0`);
    expect(purchase).toMatchObject({
      entry: { type: 'purchase', amount: '1000', actor: 'kim', reason: 'as agreed' },
      movements: [{ kind: 'grant', amount: '1000' }, ...((purchase['movements'] as unknown[]).slice(1) as object[])],
      usage: [],
    });
  });

  it('says why usage was not charged', async () => {
    const { out } = await world.replay('explain', '--organisation', 'acme', '--source', 'test', '--event', 'a2');
    expect(out).toMatch(/ledger entry {2}1-0[\s\S]*offset 1,[\s\S]*C\(after\) 3\.761904762 − C\(before\) 2\.333333333/);
    await world.use('acme', { id: 'old', type: 'llm', time: '2026-01-01T00:00:00Z', at: '2026-04-10T00:00:00Z' });
    const old = await json('explain', '--organisation', 'acme', '--source', 'test', '--event', 'old');
    expect(old).toMatchObject({ outcome: 'quarantined', reason: 'TooOld' });
  });

  it('answers 1 where there is no trace', async () => {
    for (const args of [
      ['--source', 'test', '--event', 'never'],
      ['--entry', '9999-0'],
      ['--entry', 'nonsense'],
    ]) {
      const { code, err } = await world.replay('explain', '--organisation', 'acme', ...args);
      expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('NotFound') });
    }
  });
});

describe('replay balance', () => {
  it('is what the account holds, folded from the stream alone', async () => {
    const account = await world.accounts.load('acme');
    const balance = await json('balance', '--organisation', 'acme');
    const expected = poolViews(account.state.wallet).map((pool) => ({
      pool: pool.pool,
      balance: formatCredits(pool.balanceNanos),
    }));
    expect(balance['pools']).toEqual(expected.map((pool) => expect.objectContaining(pool)));
    const { out } = await world.replay('balance', '--organisation', 'acme');
    expect(out).toContain('acme, plan pro, active');
  });

  it('knows what was at a ledger time', async () => {
    const before = await json('balance', '--organisation', 'acme', '--at', '2026-03-02T13:30:00Z');
    expect(before['pools']).toMatchObject([
      { pool: 'credits', balance: '93.235095238' },
      { pool: 'runs', balance: '9' },
    ]);
    const { code, err } = await world.replay('balance', '--organisation', 'acme', '--at', '2019-01-01T00:00:00Z');
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('NotFound') });
  });
});
