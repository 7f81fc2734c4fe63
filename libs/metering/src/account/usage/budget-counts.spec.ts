import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DimensionPairs, RateUse, ThresholdRule } from '../account-events.js';
import { initialState, type Wallet } from '../account-state.js';
import { cloneWallet } from '../evolve/clone-for-decision.js';
import { countForBudgets } from '../evolve/evolve-usage.js';
import { crossings } from '../rules/thresholds.js';
import { BudgetCounts } from './budget-counts.js';

const DIMENSIONS = ['project', 'model'];
const [PAST, NOW] = [0, 1_000];
const LARGEST = Number.MAX_SAFE_INTEGER;

const value = fc.constantFrom('a', 'b', undefined);
const pool = fc.constantFrom('credits', 'runs');
const scope = fc.constantFrom<DimensionPairs>(
  [],
  [['project', 'a']],
  [
    ['project', 'a'],
    ['model', 'b'],
  ],
  [['nowhere', 'a']],
);
const budget = fc.record({
  pool,
  scope,
  marks: fc.array(fc.bigInt({ min: 1n, max: 40n }), { minLength: 1, maxLength: 3 }),
  counted: fc.bigInt({ min: 0n, max: 20n }),
  countedCycleMs: fc.constantFrom(PAST, NOW),
});
const line = fc.record({
  pool,
  nanos: fc.oneof(
    fc.integer({ min: 0, max: 9 }),
    fc.constantFrom(LARGEST, LARGEST - 1),
    fc.bigInt({ min: -9n, max: 9n }),
  ),
});
const event = fc.record({
  values: fc.tuple(value, value),
  startMs: fc.constantFrom(PAST, NOW),
  outcome: fc.constantFrom<RateUse['outcome']>('charged', 'late', 'adjusted'),
  lines: fc.array(line, { minLength: 1, maxLength: 3 }),
});

interface Budget extends Pick<ThresholdRule, 'pool' | 'scope'> {
  readonly marks: readonly bigint[];
  readonly counted: bigint;
  readonly countedCycleMs: number;
}

function walletWith(budgets: readonly Budget[]): Wallet {
  const { wallet } = initialState('acme');
  for (const startMs of [PAST, NOW])
    wallet.cycles.push({ startMs, endMs: startMs + NOW, plan: 'pro', isEnded: startMs === PAST, isClosed: false });
  budgets.forEach(({ marks, counted, countedCycleMs, ...of }, index) => {
    const rule: ThresholdRule = {
      kind: 'budget',
      name: `${index}`,
      basis: 'budget',
      limitNanos: 40n,
      marks: marks.map((valueNanos) => ({ valueNanos, severity: null, channels: [] })),
      ...of,
    };
    const state = { rule, countedNanos: counted, countedCycleMs, reached: new Set<string>(), reachedCycleMs: NOW };
    wallet.rules.set(`budget/${index}`, state);
    for (const { valueNanos } of crossings(wallet, { kind: 'instant' }, false)) state.reached.add(`${valueNanos}`);
  });
  return wallet;
}

const useOf = (key: string, startMs: number, outcome: RateUse['outcome']): RateUse => ({
  meter: 'requests',
  pool: key,
  rate: 'requests',
  rateCard: 'standard',
  effectiveFromMs: 0,
  plan: 'pro',
  cycle: { startMs, endMs: startMs + NOW },
  outcome,
  isReversible: false,
});

const pairsOf = (values: readonly (string | undefined)[]): DimensionPairs =>
  values.flatMap((each, at) => (each === undefined ? [] : [[DIMENSIONS[at] ?? '', each] as const]));

describe('BudgetCounts', () => {
  it('I12: counts what the general rule counts, and is quiet only where no mark has been reached', () => {
    fc.assert(
      fc.property(fc.array(budget, { maxLength: 4 }), fc.array(event, { maxLength: 12 }), (budgets, events) => {
        const general = walletWith(budgets);
        const wallet = cloneWallet(general);
        const counts = new BudgetCounts(wallet, DIMENSIONS);
        for (const { values, startMs, outcome, lines } of events) {
          counts.begin({ cycle: { startMs, endMs: startMs + NOW }, outcome }, values);
          for (const { pool: key, nanos } of lines) {
            const use = useOf(key, startMs, outcome);
            countForBudgets(general, use, { pairs: pairsOf(values), creditsNanos: BigInt(nanos) });
            if (typeof nanos === 'number') counts.count(key, nanos);
            else counts.countExact(key, nanos);
          }
          const reached = crossings(general, { kind: 'instant' }, false);
          expect(counts.isQuiet ? reached : []).toEqual([]);
          if (!counts.isQuiet) counts.settle();
          for (const { rule, valueNanos } of reached)
            for (const each of [general, wallet]) each.rules.get(`budget/${rule.name}`)?.reached.add(`${valueNanos}`);
          if (reached.length > 0) counts.settle();
        }
        counts.settle();
        expect(wallet).toEqual(general);
      }),
    );
  });
});
