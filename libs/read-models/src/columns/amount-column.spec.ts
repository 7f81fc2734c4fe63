import { describe, expect, it } from '@jest/globals';
import { AmountColumn as EventAmounts } from '@app/metering';
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

  it('takes and adds the amounts of events, and of other columns', () => {
    fc.assert(
      fc.property(fc.array(anyAmount, { minLength: 1, maxLength: 8 }), fc.nat(), fc.nat(), (amounts, one, other) => {
        const [from, to] = [one % amounts.length, other % (amounts.length + 1)].toSorted((a, b) => a - b);
        const given = new EventAmounts();
        for (const amount of amounts) given.push(amount);
        const [all, part] = [new AmountColumn(), new AmountColumn()];
        all.pushAll(given);
        part.pushAmount(given, 0);
        part.pushColumn(all, from ?? 0, to ?? 0);
        part.addAmount(0, given, amounts.length - 1);
        const expected = [(amounts[0] ?? 0n) + (amounts.at(-1) ?? 0n), ...amounts.slice(from, to)];
        expect(expected.map((_, index) => part.at(index))).toEqual(expected);
        expect(expected.map((_, index) => part.textAt(index))).toEqual(expected.map(String));
        expect([all.length, part.length]).toEqual([amounts.length, expected.length]);
      }),
    );
  });
});
