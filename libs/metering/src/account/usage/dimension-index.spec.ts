import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dimensionRows } from '../columns/dimension-columns.js';
import { DimensionIndex } from './dimension-index.js';

const NAMES = ['project', 'user', 'model'];
const value = fc.option(fc.oneof(fc.constantFrom('a', 'b', ''), fc.nat({ max: 300 }).map(String)), { nil: undefined });
const values = fc.tuple(value, value, value);

const pairsOf = (own: readonly (string | undefined)[]) =>
  NAMES.flatMap((name, at) => (own[at] === undefined ? [] : [[name, own[at]]]));

describe('DimensionIndex', () => {
  it('gives equal combinations one number, and different ones their own, in the order in which they come', () => {
    // Emptied by taking them, it is as a new one, whatever it held before.
    const index = new DimensionIndex();
    fc.assert(
      fc.property(fc.array(values, { maxLength: 400 }), (combinations) => {
        const expected = [
          ...new Map(combinations.map((own) => [JSON.stringify(pairsOf(own)), pairsOf(own)])).entries(),
        ];
        for (const own of combinations) {
          const key = JSON.stringify(pairsOf(own));
          expect(index.of(NAMES, own)).toBe(expected.findIndex(([known]) => known === key));
        }
        expect(dimensionRows(index.take())).toEqual(expected.map(([, pairs]) => pairs));
      }),
      { numRuns: 50 },
    );
  });

  it('takes lists of other names', () => {
    const index = new DimensionIndex();
    const numbers = [
      index.of(['a', 'b'], ['1', '2']),
      index.of(['b', 'a'], ['1', '2']),
      index.of(['a'], ['1']),
      index.of(['a', 'b'], ['1', '2']),
    ];
    expect(numbers).toEqual([0, 1, 2, 0]);
  });
});
