import type { DailySpending } from '@app/read-models';

const HISTORY_DAYS = 28;
/** Days with spending that a comparison needs. */
const ACTIVE_DAYS_MIN = 7;
const TIMES = 3n;

export const FLAGS_RULE =
  `A day's spending of a pool is more than ${TIMES} times the median of its days with spending ` +
  `among the ${HISTORY_DAYS} days before, of which there are at least ${ACTIVE_DAYS_MIN}.`;

/** A day on which a pool was used at an unusual rate, against the account's own history. */
export interface Flag {
  readonly pool: string;
  readonly day: number;
  readonly spentNanos: bigint;
  readonly medianNanos: bigint;
  /** Hundredths. */
  readonly timesHundredths: bigint;
}

/** Flags of the days in [firstDay, lastDay], newest first; the series has to begin 28 days before. */
export function flagsOf(series: readonly DailySpending[], firstDay: number, lastDay: number): Flag[] {
  const flags: Flag[] = [];
  for (const pool of new Set(series.map((each) => each.pool))) {
    const own = series.filter((each) => each.pool === pool && each.spentNanos > 0n);
    for (const { day, spentNanos } of own) {
      if (day < firstDay || day > lastDay) continue;
      const before = own.filter((each) => each.day < day && each.day >= day - HISTORY_DAYS);
      if (before.length < ACTIVE_DAYS_MIN) continue;
      const medianNanos = medianOf(before.map((each) => each.spentNanos));
      if (medianNanos === 0n || spentNanos <= medianNanos * TIMES) continue;
      flags.push({ pool, day, spentNanos, medianNanos, timesHundredths: (spentNanos * 100n) / medianNanos });
    }
  }
  return flags.toSorted((one, other) => other.day - one.day || (one.pool < other.pool ? -1 : 1));
}

/** Days of history that a comparison looks back. */
export const FLAG_HISTORY_DAYS = HISTORY_DAYS;

function medianOf(values: readonly bigint[]): bigint {
  const sorted = values.toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0));
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0n;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0n)) / 2n;
}
