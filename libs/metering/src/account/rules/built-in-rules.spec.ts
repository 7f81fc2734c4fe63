import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { AccountFixture } from '../../testing/index.js';
import type { AccountEvent, ThresholdReached } from '../account-events.js';
import type { AccountCommand } from '../commands/account-commands.js';

const AT = '2026-03-05T10:00:00Z';
const PERCENT = 1_000_000_000n;
/** Forty tokens cost one credit, the request itself a thousandth; the plan includes 100 credits. */
const llm = (id: number, tokens: number) => ({ id: `${id}`, type: 'llm', time: AT, data: { tokens, model: 'small' } });

const isReached = (event: AccountEvent): event is ThresholdReached => event.type === 'ThresholdReached';
const reached = (events: readonly AccountEvent[]) =>
  events.filter(isReached).map(({ rule, valueNanos, by }) => ({
    rule: rule.name,
    value: Number(valueNanos / PERCENT),
    by: by.kind === 'usage' ? by.id : by.kind,
  }));
const banners = (account: AccountFixture) => reached(account.events).filter(({ rule }) => rule === 'banner:credits');

const alert = (name: string, values: readonly bigint[]): AccountCommand => ({
  kind: 'SetRule',
  countedNanos: 0n,
  rule: {
    kind: 'alert',
    name,
    pool: 'credits',
    basis: 'percent-used',
    limitNanos: null,
    scope: [],
    marks: values.map((valueNanos) => ({ valueNanos, severity: 'warning', channels: ['team'] })),
  },
});

describe('built-in rules', () => {
  it('say once, and with the usage event that did it, that one of 5,000 folded events crossed a mark', () => {
    const account = new AccountFixture();
    account.use(...Array.from({ length: 5_000 }, (_, index) => llm(index, index === 3_210 ? 800 : 0)));
    // The requests cost 5 of the 100 credits in all, the tokens of one of them 20.
    expect(banners(account)).toEqual([{ rule: 'banner:credits', value: 20, by: '3210' }]);
  });

  it('tell each mark of a pool once a cycle, 100 % at exactly all', () => {
    const account = new AccountFixture();
    account.use(...Array.from({ length: 12 }, (_, index) => ({ id: `${index}`, type: 'tool', time: AT })));
    expect(reached(account.events)).toEqual([
      { rule: 'banner:runs', value: 20, by: '1' },
      { rule: 'banner:runs', value: 50, by: '4' },
      { rule: 'banner:runs', value: 70, by: '6' },
      { rule: 'banner:runs', value: 80, by: '7' },
      { rule: 'banner:runs', value: 90, by: '8' },
      { rule: 'banner:runs', value: 100, by: '9' },
    ]);
    account.use({ id: 'next', type: 'tool', time: '2026-04-05T10:00:00Z' });
    account.use({ id: 'later', type: 'tool', time: '2026-04-05T11:00:00Z' });
    expect(reached(account.events).at(-1)).toEqual({ rule: 'banner:runs', value: 20, by: 'later' });
  });

  it('tell a mark again when credits had brought the balance back above it', () => {
    const account = new AccountFixture();
    account.use(llm(1, 1_600));
    account.grant('100', AT);
    account.use(llm(2, 1_600));
    const values = banners(account).map(({ value }) => value);
    expect(values).toEqual([20]);
    account.grant('300', AT);
    account.use(llm(3, 1_600));
    expect(banners(account).map(({ value }) => value)).toEqual([20, 20]);
  });

  it('say that a pool went below its negative limit, where it has one', () => {
    const account = new AccountFixture();
    account.use(llm(0, 0));
    account.command({ kind: 'SetNegativeLimit', pool: 'credits', limitNanos: 50n * PERCENT }, AT);
    account.use(llm(1, 5_000), llm(2, 1_000));
    expect(reached(account.events).at(-1)).toEqual({ rule: 'negative-limit:credits', value: -50, by: '2' });
  });

  it('are silent for history', () => {
    const account = new AccountFixture();
    account.use({ ...llm(1, 4_000), mode: 'history' });
    expect(account.events.filter(isReached).every(({ isSilent }) => isSilent)).toBe(true);
    expect(banners(account)).toHaveLength(6);
  });
});

describe('rules of users', () => {
  it('are gone when they are set without marks', () => {
    const account = new AccountFixture();
    account.use(llm(0, 0));
    account.command(alert('mine', [10n * PERCENT]), AT);
    account.command(alert('mine', []), AT);
    account.use(llm(1, 600));
    expect(reached(account.events).some(({ rule }) => rule === 'mine')).toBe(false);
    expect(account.replayed().wallet.rules.has('alert/mine')).toBe(false);
  });

  it('I12 batching: skipping looks that cannot matter never hides nor moves a crossing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 40 }),
        fc.array(fc.bigInt({ min: 1n, max: 120n * PERCENT }), { minLength: 1, maxLength: 4 }),
        (sizes, values) => {
          const marks = [...new Set(values)];
          const oneByOne = new AccountFixture();
          const together = new AccountFixture();
          for (const account of [oneByOne, together]) {
            account.use(llm(-1, 0));
            account.command(alert('mine', marks), AT);
          }
          sizes.forEach((tokens, index) => oneByOne.use(llm(index, tokens)));
          together.use(...sizes.map((tokens, index) => llm(index, tokens)));
          expect(reached(together.events)).toEqual(reached(oneByOne.events));
          expect(together.replayed().wallet.rules).toEqual(oneByOne.replayed().wallet.rules);
        },
      ),
      { numRuns: 60 },
    );
  });
});
