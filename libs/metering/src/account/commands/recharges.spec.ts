import { describe, expect, it } from '@jest/globals';
import type { CatalogDocument } from '../../catalog/index.js';
import { AccountFixture, catalogFixture, msOf } from '../../testing/index.js';
import type { CommandDecision } from './decide-command.js';

const AT = '2026-03-10T12:00:00Z';
const LATER = '2026-03-11T12:00:00Z';
const CREDIT = 1_000_000_000n;

type PackageDocument = NonNullable<CatalogDocument['packages']>[number];
const OFFERED: PackageDocument = {
  key: 'pack',
  pool: 'credits',
  credits: '1000',
  bonus: '100',
  price: { amount: '10.00', currency: 'EUR' },
  expires: 'P1M',
  refundWindow: 'P7D',
};
const CHANGED: PackageDocument = {
  key: 'pack',
  pool: 'runs',
  credits: '3',
  bonus: '0',
  price: { amount: '99.00', currency: 'USD' },
  expires: 'never',
};

/** An account that has asked for the pack, since fewer than 500 credits were left. */
function asking(): AccountFixture {
  const account = new AccountFixture(catalogFixture({ packages: [OFFERED] }));
  account.use({ id: 'first', type: 'tool', time: AT });
  const limits = { thresholdNanos: 500n * CREDIT, monthlyLimitMinor: null };
  account.command({ kind: 'SetAutoRecharge', enabled: true, package: 'pack', ...limits }, AT);
  return account;
}

const paid = (account: AccountFixture, at = LATER): CommandDecision =>
  account.command({ kind: 'CompleteRecharge', purchase: 'recharge-1', paymentReference: 'pay-1' }, at);

describe('a recharge that is paid', () => {
  it('credits what was requested, whatever the catalog has come to say', () => {
    const account = asking();
    account.catalog = catalogFixture({ packages: [CHANGED] }, 2);
    expect(paid(account).kind).toBe('accepted');
    expect(account.events.find((event) => event.type === 'CreditsPurchased')).toMatchObject({
      purchase: {
        id: 'recharge-1',
        package: 'pack',
        pool: 'credits',
        creditsNanos: 1_000n * CREDIT,
        bonusNanos: 100n * CREDIT,
        price: { amountMinor: 1_000n, currency: 'EUR' },
        refundableUntilMs: msOf('2026-03-18T12:00:00Z'),
      },
    });
    expect(account.pool().grants.map(({ amountNanos, expiresAtMs }) => [amountNanos, expiresAtMs])).toEqual([
      [100n * CREDIT, msOf('2026-04-01T00:00:00Z')],
      [100n * CREDIT, msOf('2026-04-11T12:00:00Z')],
      [1_000n * CREDIT, msOf('2026-04-11T12:00:00Z')],
    ]);
    expect(account.balance('runs')).toBe('9');
  });

  it('is credited once, also when it was declined before', () => {
    const account = asking();
    account.command({ kind: 'DeclineRecharge', purchase: 'recharge-1', reason: 'card_declined' }, AT);
    expect([paid(account).kind, paid(account).kind]).toEqual(['accepted', 'accepted']);
    expect(account.events.filter(({ type }) => type === 'CreditsPurchased')).toHaveLength(1);
    expect(account.balance()).toBe('1200');
  });

  it('is refused when nobody asked for it', () => {
    const account = asking();
    const decision = account.command(
      { kind: 'CompleteRecharge', purchase: 'recharge-2', paymentReference: 'pay-2' },
      LATER,
    );
    expect(decision).toMatchObject({ kind: 'refused', rejection: { code: 'NoOpenRecharge' } });
  });
});

describe('a checkout that is paid', () => {
  it('credits what was quoted, whatever the catalog has come to say', () => {
    const account = asking();
    account.catalog = catalogFixture({ packages: [CHANGED] }, 2);
    const decision = account.command(
      {
        kind: 'PurchaseCredits',
        package: 'pack',
        quantityNanos: null,
        paymentReference: 'pay-1',
        by: 'checkout',
        quoted: {
          pool: 'credits',
          creditsNanos: 7n * CREDIT,
          bonusNanos: 0n,
          expires: { months: 2, days: 0 },
          refundWindow: null,
          price: { amountMinor: 5n, currency: 'EUR' },
        },
      },
      LATER,
    );
    expect(decision.kind).toBe('accepted');
    expect(account.pool().grants.at(-1)).toMatchObject({
      amountNanos: 7n * CREDIT,
      expiresAtMs: msOf('2026-05-11T12:00:00Z'),
    });
  });
});
