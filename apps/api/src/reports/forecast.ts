import { DAY_MS } from '@app/metering';

/** What a forecast rests on; amounts in nano-credits. */
export interface ForecastBasis {
  readonly balanceNanos: bigint;
  /** Spent in [fromMs, nowMs). */
  readonly spentNanos: bigint;
  readonly fromMs: number;
  readonly nowMs: number;
  readonly cycleEndMs: number;
  readonly forMs: number;
}

export interface Forecast {
  readonly perDayNanos: bigint;
  /** In thousandths of a day; null while nothing is spent. 0: nothing is left now. */
  readonly daysUntilExhaustedMillis: bigint | null;
  readonly exhaustedAtMs: number | null;
  readonly expectedUsedNanos: bigint;
  readonly expectedCycleEndBalanceNanos: bigint;
  /** Rule in a user's words. */
  readonly rule: string;
}

export const FORECAST_RULE =
  'Spending goes on at the average of the period that it is based on (since the opening, for younger accounts); ' +
  'credits that are still to come are not counted.';

/** A straight line from the average spending of a period. */
export function forecastOf({ balanceNanos, spentNanos, fromMs, nowMs, cycleEndMs, forMs }: ForecastBasis): Forecast {
  // Less than a day says too little about a day.
  const basisMs = BigInt(Math.max(nowMs - fromMs, DAY_MS));
  const spent = spentNanos < 0n ? 0n : spentNanos;
  const over = (ms: number): bigint => (spent * BigInt(Math.max(0, ms))) / basisMs;
  const leftMs = spent === 0n ? null : ((balanceNanos < 0n ? 0n : balanceNanos) * basisMs) / spent;
  return {
    perDayNanos: over(DAY_MS),
    daysUntilExhaustedMillis: leftMs === null ? null : (leftMs * 1_000n) / BigInt(DAY_MS),
    exhaustedAtMs: leftMs === null || leftMs > BigInt(MS_AHEAD_MAX) ? null : nowMs + Number(leftMs),
    expectedUsedNanos: over(forMs),
    expectedCycleEndBalanceNanos: balanceNanos - over(cycleEndMs - nowMs),
    rule: FORECAST_RULE,
  };
}

/** A date further ahead says nothing: a hundred years. */
const MS_AHEAD_MAX = 36_525 * DAY_MS;
