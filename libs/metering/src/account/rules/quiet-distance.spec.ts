import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { catalogFixture } from '../../testing/index.js';
import { initialState, type Wallet } from '../account-state.js';
import { figuresOf, poolOf } from '../evolve/pool.js';
import { quietDistance } from './quiet-distance.js';
import { ruleKey } from './rule-key.js';
import { crossings } from './thresholds.js';

const CYCLE_MS = Date.UTC(2026, 2, 1);
const CYCLE = { startMs: CYCLE_MS, endMs: Date.UTC(2026, 3, 1), plan: 'free', isEnded: false, isClosed: false };
const catalog = catalogFixture();

interface Given {
  readonly balance: bigint;
  readonly used: bigint;
  readonly basis: 'percent-used' | 'percent-left' | 'balance';
  readonly marks: readonly bigint[];
  /** Which of the marks were reached before, by number. */
  readonly reached: readonly number[];
}

/** A wallet of one pool with one alert, beside those that every pool has. */
function walletOf({ balance, used, basis, marks, reached }: Given): Wallet {
  const { wallet } = initialState('acme');
  wallet.cycles.push(CYCLE);
  const pool = poolOf(wallet, 'credits');
  pool.balanceNanos = balance;
  figuresOf(pool, CYCLE_MS).usedNanos = used;
  const rule = {
    kind: 'alert' as const,
    name: 'own',
    pool: 'credits',
    basis,
    limitNanos: null,
    scope: [],
    marks: marks.map((valueNanos) => ({ valueNanos, severity: null, channels: [] })),
  };
  const values = new Set(reached.flatMap((index) => marks[index]?.toString() ?? []));
  const state = { rule, countedNanos: 0n, countedCycleMs: CYCLE_MS, reached: values, reachedCycleMs: CYCLE_MS };
  wallet.rules.set(ruleKey(rule), state);
  return wallet;
}

const amount = fc.bigInt({ min: -50n, max: 5_000n }).map((credits) => credits * 1_000_000_007n);
const given = fc.record({
  balance: amount,
  used: fc.bigInt({ min: 0n, max: 5_000n }).map((credits) => credits * 999_999_937n),
  basis: fc.constantFrom('percent-used' as const, 'percent-left' as const, 'balance' as const),
  marks: fc.array(fc.bigInt({ min: 0n, max: 120_000_000_000n }), { minLength: 1, maxLength: 6 }),
  reached: fc.array(fc.nat({ max: 5 }), { maxLength: 3 }),
});

describe('the distance in which usage is quiet', () => {
  it('is the least of all marks that are not reached yet', () => {
    fc.assert(
      fc.property(given, (of) => {
        const single = of.marks.map((mark) => quietDistance(walletOf({ ...of, marks: [mark], reached: [] }), catalog));
        const none = quietDistance(walletOf({ ...of, marks: [] }), catalog);
        const known = new Set(of.reached.flatMap((index) => of.marks[index] ?? []));
        const open = single.filter((_distance, index) => !known.has(of.marks[index] ?? -1n));
        const least = [none, ...open].reduce((one, other) => (other < one ? other : one));
        expect(quietDistance(walletOf(of), catalog)).toBe(least);
      }),
      { numRuns: 500 },
    );
  });

  it('is never too large: what moves as much, either way, crosses nothing', () => {
    fc.assert(
      fc.property(given, fc.boolean(), (of, isRefund) => {
        const distance = quietDistance(walletOf(of), catalog);
        fc.pre(distance >= 0n && distance < 1n << 60n);
        const moved = isRefund ? -distance : distance;
        const wallet = walletOf({ ...of, balance: of.balance - moved, used: of.used + moved });
        expect(crossings(wallet, { kind: 'instant' }, true)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
