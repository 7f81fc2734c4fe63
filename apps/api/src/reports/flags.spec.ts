import { describe, expect, it } from '@jest/globals';
import { flagsOf } from './flags.js';

const DAY = 20_000;
const series = (values: readonly number[], pool = 'credits') =>
  values.map((value, index) => ({ pool, day: DAY - values.length + 1 + index, spentNanos: BigInt(value) }));
const daysOf = (values: readonly number[]): number[] =>
  flagsOf(series(values), DAY - 6, DAY).map(({ day }) => day - DAY);

describe('flags of unusual rates', () => {
  it.each([
    ['as always', [10, 11, 9, 10, 12, 10, 9, 10], []],
    ['exactly three times', [10, 10, 10, 10, 10, 10, 10, 30], []],
    ['more than three times', [10, 10, 10, 10, 10, 10, 10, 31], [0]],
    ['too little history', [10, 10, 10, 10, 10, 10, 100], []],
    ['days without spending do not count', [10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0, 31], [0]],
    ['one outlier before does not raise the bar', [10, 10, 10, 500, 10, 10, 10, 31], [0]],
    ['a new level is flagged until the median has moved', [10, 10, 10, 10, 10, 10, 10, 50, 50], [0, -1]],
  ])('%s', (_, values, expected) => {
    expect(daysOf(values).map((day) => day + 0)).toEqual(expected);
  });

  it('look at each pool by itself', () => {
    const two = [...series([10, 10, 10, 10, 10, 10, 10, 40]), ...series([1, 1, 1, 1, 1, 1, 1, 1], 'runs')];
    expect(flagsOf(two, DAY - 6, DAY)).toEqual([
      { pool: 'credits', day: DAY, spentNanos: 40n, medianNanos: 10n, timesHundredths: 400n },
    ]);
  });
});
