import { describe, expect, it } from '@jest/globals';
import { AccountFixture, catalogFixture, LARGE_CATALOG, msOf } from '../../testing/index.js';

const welcomed = LARGE_CATALOG.plans.map((plan) =>
  plan.key === 'pro'
    ? {
        ...plan,
        welcome: [
          { pool: 'credits', amount: '75', expires: 'P30D' },
          { pool: 'runs', amount: '10000' },
        ],
      }
    : plan,
);
const opened = (): AccountFixture => {
  const account = new AccountFixture(catalogFixture({ plans: welcomed }));
  account.use({ id: 'first', type: 'tool', time: '2026-03-10T12:00:00Z' });
  return account;
};
const grantsOf = (account: AccountFixture, pool?: string) =>
  account.pool(pool).grants.map(({ source, amountNanos, expiresAtMs }) => [source, amountNanos, expiresAtMs]);

describe('an account that opens on a plan with a welcome', () => {
  it('gets it once, beside what the plan includes', () => {
    const account = opened();
    expect(grantsOf(account)).toEqual([
      ['plan', 100_000_000_000n, msOf('2026-04-01T00:00:00Z')],
      ['promotion', 75_000_000_000n, msOf('2026-03-31T00:00:00Z')],
    ]);
    expect(grantsOf(account, 'runs')).toEqual([
      ['plan', 10_000_000_000n, msOf('2026-04-01T00:00:00Z')],
      ['promotion', 10_000_000_000_000n, null],
    ]);
    account.passTo('2026-05-02T00:00:00Z');
    expect(account.balance()).toBe('100');
    expect(account.balance('runs')).toBe('10010');
  });

  it('gets no other by a change of plan', () => {
    const account = opened();
    account.command({ kind: 'ChangePlan', plan: 'rolling', at: 'now' }, '2026-03-11T00:00:00Z');
    account.command({ kind: 'ChangePlan', plan: 'pro', at: 'now' }, '2026-03-12T00:00:00Z');
    expect(account.balance()).toBe('175');
  });
});
