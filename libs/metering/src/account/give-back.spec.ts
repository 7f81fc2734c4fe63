import { describe, expect, it } from '@jest/globals';
import { formatCredits, parseCredits } from '../amounts/index.js';
import { AccountFixture } from '../testing/index.js';
import type { RefundableUsage } from './index.js';

const march = (day: number): string => `2026-03-${String(day).padStart(2, '0')}T00:00:00Z`;

/** Seats cost 7 each, and the newest count is what is charged: 100 credits are included, 10 where overdraft is forgiven. */
function accountOn(plan: 'pro' | 'forgiving'): AccountFixture {
  const account = new AccountFixture();
  account.command({ kind: 'OpenAccount', plan, anchorDay: 1, openedAtMs: null, manualClockMs: null }, march(1));
  return account;
}

const seats = (account: AccountFixture, count: number, time: string, at = time): void => {
  account.use({ id: `${count} at ${time}`, type: 'seats', time, at, data: { seats: count } });
};

/** The draws of the usage event that was charged last but `back`. */
function charge(account: AccountFixture, back = 0): RefundableUsage {
  const found = account.events.flatMap((event, revision) =>
    event.type === 'UsageCharged' ? [{ event, revision }] : [],
  );
  const last = found.at(-1 - back);
  if (last === undefined) throw new Error('nothing was charged');
  const { event, revision } = last;
  const draws = event.draws.map(({ use: index, grant, amountNanos }, run) => {
    const use = event.uses[index];
    if (use === undefined) throw new Error('a run without its rate use');
    const { pool, cycle, rate, isReversible } = use;
    const key = `draw:${revision}/${run}`;
    const place = { pool, grant, cycleStartMs: cycle.startMs, rate, isReversible };
    return { key, totalNanos: amountNanos, amountNanos, ...place };
  });
  const totalNanos = draws.reduce((sum, draw) => sum + draw.amountNanos, 0n);
  return { limits: [{ key: `event:${revision}/0`, totalNanos }], draws };
}

const refund = (account: AccountFixture, of: RefundableUsage, at: string, amount?: string): string => {
  const amountNanos = amount === undefined ? null : (parseCredits(amount) ?? 0n);
  const decision = account.command({ kind: 'RefundUsage', of, amountNanos }, at);
  return decision.kind === 'refused' ? decision.rejection.code : decision.kind;
};

/** What the newest charge's lines, groups and draws come to: equal in every event (I13). */
function newestCharge(account: AccountFixture): readonly string[] {
  const event = account.events.findLast((each) => each.type === 'UsageCharged');
  if (event?.type !== 'UsageCharged') throw new Error('nothing was charged');
  const lines = event.evidence.flatMap((each) => each.lines);
  return [lines, event.groups]
    .map((all) => all.reduce((sum, { creditsNanos }) => sum + creditsNanos, 0n))
    .concat(event.draws.reduce((sum, { amountNanos }) => sum + amountNanos, 0n))
    .map(formatCredits);
}

describe('a negative charge', () => {
  it('does not give back what a refund has given back', () => {
    const account = accountOn('pro');
    seats(account, 10, march(2));
    expect(refund(account, charge(account), march(3))).toBe('accepted');
    expect(account.balance()).toBe('100');
    seats(account, 5, march(4));
    expect(newestCharge(account)).toEqual(['0', '0', '0']);
    expect(account.balance()).toBe('100');
    expect(account.replayed()).toEqual(account.state);
  });

  it('gives back what is left of older draws, where a newer one was refunded', () => {
    const account = accountOn('pro');
    seats(account, 10, march(2));
    seats(account, 12, march(3));
    expect(refund(account, charge(account), march(4))).toBe('accepted');
    seats(account, 5, march(5));
    expect(newestCharge(account)).toEqual(['-49', '-49', '-49']);
    expect(account.balance()).toBe('79');
  });

  it('of late usage gives nothing back to overdraft that was forgiven', () => {
    const account = accountOn('forgiving');
    seats(account, 10, march(30));
    account.passTo('2026-04-01T00:30:00Z');
    expect(account.balance()).toBe('10');
    seats(account, 2, march(31), '2026-04-01T00:30:00Z');
    expect(newestCharge(account)).toEqual(['-10', '-10', '-10']);
    expect(account.balance()).toBe('20');
    expect(account.replayed()).toEqual(account.state);
  });
});

describe('a refund', () => {
  it('does not give back what a negative charge has given back', () => {
    const account = accountOn('pro');
    seats(account, 10, march(2));
    seats(account, 4, march(3));
    expect(account.balance()).toBe('72');
    expect(refund(account, charge(account, 1), march(4), '28.1')).toBe('NotRefundable');
    expect(refund(account, charge(account, 1), march(4))).toBe('accepted');
    expect(account.balance()).toBe('100');
    expect(refund(account, charge(account, 1), march(5))).toBe('AlreadyRefunded');
  });

  it('does not give back overdraft that was forgiven', () => {
    const account = accountOn('forgiving');
    seats(account, 10, march(30));
    account.passTo('2026-04-01T02:00:00Z');
    expect(refund(account, charge(account), '2026-04-02T00:00:00Z', '10.1')).toBe('NotRefundable');
    expect(refund(account, charge(account), '2026-04-02T00:00:00Z')).toBe('accepted');
    expect(account.balance()).toBe('20');
  });
});
