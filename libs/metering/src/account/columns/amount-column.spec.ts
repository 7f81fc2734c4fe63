import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AmountColumn, SMALL_MAX } from './amount-column.js';

const value = fc.oneof(
  fc.integer().map(BigInt),
  fc.constantFrom(BigInt(SMALL_MAX), -BigInt(SMALL_MAX), BigInt(SMALL_MAX) + 1n, BigInt(Number.MAX_SAFE_INTEGER)),
  fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }),
);
const sumOf = (values: readonly bigint[]): bigint => values.reduce((sum, each) => sum + each, 0n);
const isExact = (amount: bigint): boolean => Number.isSafeInteger(Number(amount));

describe('AmountColumn', () => {
  it('is a list of bigints, whichever way they came in', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 12 }),
        fc.array(fc.tuple(fc.nat(), value)),
        (all, added) => {
          const column = new AmountColumn();
          const list = [...all];
          for (const each of all) {
            if (isExact(each)) column.pushNumber(Number(each));
            else column.push(each);
          }
          for (const [place, more] of added) {
            const at = place % list.length;
            list[at] = (list[at] ?? 0n) + more;
            if (isExact(more)) column.addNumber(at, Number(more));
            else column.add(at, more);
          }
          expect(column.toBigints()).toEqual(list);
          expect(list.map((_, at) => column.at(at))).toEqual(list);
          expect(column.length).toBe(list.length);
          expect(column.small?.map(BigInt) ?? list).toEqual(list);
          const from = Math.floor(list.length / 3);
          expect([column.sum(), column.sum(from, list.length - 1)]).toEqual([sumOf(list), sumOf(list.slice(from, -1))]);
          const [doubled, other] = [new AmountColumn(), new AmountColumn()];
          for (const each of list) other.push(each);
          for (let at = 0; at < list.length; at += 1) doubled.pushFrom(column, at);
          for (let at = 0; at < list.length; at += 1) doubled.addFrom(at, other, at);
          for (const [at, each] of list.entries())
            expect([column.isSame(at, other, 0), column.isSame(at, other, at)]).toEqual([each === list[0], true]);
          expect(doubled.toBigints()).toEqual(list.map((each) => each * 2n));
          const exact = list.filter(isExact);
          expect(AmountColumn.ofNumbers(exact.map(Number)).toBigints()).toEqual(exact);
        },
      ),
    );
  });

  it('keeps numbers until one is not small', () => {
    const column = new AmountColumn();
    column.push(BigInt(SMALL_MAX));
    expect(column.small).toEqual([SMALL_MAX]);
    column.addNumber(0, 1);
    expect([column.small, column.at(0)]).toEqual([null, BigInt(SMALL_MAX) + 1n]);
  });
});
