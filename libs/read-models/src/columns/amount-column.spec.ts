import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AmountColumn } from './amount-column.js';

const LIMIT = 2n ** 53n;
/** Around the last whole numbers that a double tells apart, and far beyond them. */
const anyAmount = fc.oneof(
  fc.bigInt({ min: -3n, max: 3n }),
  fc.bigInt({ min: LIMIT - 3n, max: LIMIT + 3n }),
  fc.bigInt({ min: -LIMIT - 3n, max: -LIMIT + 3n }),
  fc.bigInt({ min: -(10n ** 45n), max: 10n ** 45n }),
);
const anyStep = fc.tuple(fc.nat(2), anyAmount, fc.boolean());

describe('a column of amounts', () => {
  it('adds up exactly, whatever the size', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 20 }), (steps) => {
        const column = new AmountColumn();
        const expected = [0n, 0n, 0n];
        for (const value of expected) column.push(value);
        for (const [index, value, isFromColumn] of steps) {
          const other = new AmountColumn();
          other.push(value);
          if (isFromColumn) column.addFrom(index, other, 0);
          else column.add(index, value);
          expected[index] = (expected[index] ?? 0n) + value;
        }
        expect(expected.map((_, index) => column.at(index))).toEqual(expected);
      }),
    );
  });
});
