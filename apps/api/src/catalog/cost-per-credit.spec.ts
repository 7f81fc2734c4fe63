import { describe, expect, it } from '@jest/globals';
import { costPerCredit } from './cost-per-credit.js';

const credits = (whole: bigint): bigint => whole * 1_000_000_000n;

describe('costPerCredit', () => {
  it.each([
    ['10.00 EUR for 2,500,000', [1_000n, 'EUR', credits(2_500_000n)], '0.000004'],
    ['49.00 USD for 100,000', [4_900n, 'USD', credits(100_000n)], '0.00049'],
    ['49 JPY for 7', [49n, 'JPY', credits(7n)], '7'],
    ['a third, rounded', [100n, 'EUR', credits(3n)], '0.333333333333'],
    ['two thirds, rounded', [200n, 'EUR', credits(3n)], '0.666666666667'],
    ['nothing for something', [0n, 'EUR', credits(3n)], '0'],
    ['something for nothing', [100n, 'EUR', 0n], null],
  ] as const)('%s', (_name, [amountMinor, currency, creditsNanos], cost) => {
    expect(costPerCredit(amountMinor, currency, creditsNanos)).toBe(cost);
  });
});
