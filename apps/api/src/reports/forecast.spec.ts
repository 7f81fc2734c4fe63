import { describe, expect, it } from '@jest/globals';
import { DAY_MS } from '@app/metering';
import { forecastOf } from './forecast.js';

const CREDIT = 1_000_000_000n;
const NOW_MS = Date.UTC(2026, 10, 21);
const BASIS = {
  balanceNanos: 300n * CREDIT,
  spentNanos: 600n * CREDIT,
  fromMs: NOW_MS - 30 * DAY_MS,
  nowMs: NOW_MS,
  cycleEndMs: NOW_MS + 10 * DAY_MS,
  forMs: 90 * DAY_MS,
};

describe('a forecast', () => {
  it('goes on as the period went', () => {
    expect(forecastOf(BASIS)).toMatchObject({
      perDayNanos: 20n * CREDIT,
      daysUntilExhaustedMillis: 15_000n,
      exhaustedAtMs: NOW_MS + 15 * DAY_MS,
      expectedUsedNanos: 1_800n * CREDIT,
      expectedCycleEndBalanceNanos: 100n * CREDIT,
    });
  });

  it.each([
    ['nothing spent', { spentNanos: 0n }, null, 300n * CREDIT],
    ['nothing left', { balanceNanos: 0n }, 0n, -200n * CREDIT],
    ['below zero', { balanceNanos: -5n * CREDIT }, 0n, -205n * CREDIT],
    ['opened an hour ago', { fromMs: NOW_MS - 3_600_000, spentNanos: 30n * CREDIT }, 10_000n, 0n],
    ['more came back than went', { spentNanos: -5n * CREDIT }, null, 300n * CREDIT],
  ])('%s', (_, changes, days, atEnd) => {
    expect(forecastOf({ ...BASIS, ...changes })).toMatchObject({
      daysUntilExhaustedMillis: days,
      expectedCycleEndBalanceNanos: atEnd,
    });
  });
});
