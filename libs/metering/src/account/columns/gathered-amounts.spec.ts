import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GatheredAmounts } from './gathered-amounts.js';

const EDGE = 2n ** 52n;
const amount = fc.oneof(
  fc.bigInt({ min: -1_000n, max: 1_000n }),
  fc.bigInt({ min: EDGE - 2n, max: EDGE + 2n }),
  fc.bigInt({ min: -EDGE - 2n, max: -EDGE + 2n }),
  fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }),
);
const step = fc.record({ isAdding: fc.boolean(), at: fc.nat(), amount });
const isExact = (value: bigint): boolean => BigInt(Number(value)) === value && Number.isSafeInteger(Number(value));

describe('GatheredAmounts', () => {
  it('holds what was pushed and added, as numbers or as bigints, and begins anew when it was taken', () => {
    const gathered = new GatheredAmounts();
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const expected: bigint[] = [];
        for (const { isAdding, at, amount: value } of steps) {
          const index = at % Math.max(1, expected.length);
          const isNumber = isExact(value);
          if (isAdding && expected.length > 0) {
            expected[index] = (expected[index] ?? 0n) + value;
            if (isNumber) gathered.addNumber(index, Number(value));
            else gathered.add(index, value);
          } else {
            expected.push(value);
            if (isNumber) gathered.pushNumber(Number(value));
            else gathered.push(value);
          }
        }
        expect(gathered.take().toBigints()).toEqual(expected);
      }),
    );
  });
});
