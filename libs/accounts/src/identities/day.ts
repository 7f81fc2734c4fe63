/** Milliseconds of a day; identities are kept by the UTC day of their event time. */
export const DAY_MS = 86_400_000;

/** How far before and after ledger time two events of one identity are looked at together (semantics, Identity). */
export const CONFLICT_BEFORE_MS = 35 * DAY_MS;
export const CONFLICT_AFTER_MS = 1 * DAY_MS;

/** Days since the epoch of a time in Unix milliseconds, also before 1970. */
export const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS);

/** True when a time lies in the conflict window around ledger time, both edges inclusive to the millisecond. */
export const isInWindow = (timeMs: number, ledgerTimeMs: number): boolean =>
  timeMs >= ledgerTimeMs - CONFLICT_BEFORE_MS && timeMs <= ledgerTimeMs + CONFLICT_AFTER_MS;

export interface DayRange {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
}

/** The days that the conflict window around ledger time touches. */
export const windowDays = (ledgerTimeMs: number): DayRange => ({
  from: dayOf(ledgerTimeMs - CONFLICT_BEFORE_MS),
  to: dayOf(ledgerTimeMs + CONFLICT_AFTER_MS),
});

/**
 * Days whose identities must be loaded before events of these times are decided, at these values of ledger time (the
 * account's own, and each that a record of the batch may move it to): every event's own day, and each window that one
 * of the events may lie in. A jump of ledger time over years needs its two ends, not what lies between.
 */
export function daysToDecide(timesMs: Iterable<number>, ledgerTimesMs: Iterable<number>): DayRange[] {
  const days = new Set<number>();
  for (const timeMs of timesMs) days.add(dayOf(timeMs));
  const windows = new Map<string, DayRange>();
  for (const ledgerTimeMs of ledgerTimesMs) {
    const window = windowDays(ledgerTimeMs);
    windows.set(`${window.from}:${window.to}`, window);
  }
  const ranges: DayRange[] = Array.from(days, (day) => ({ from: day, to: day }));
  for (const window of windows.values()) {
    for (const day of days) {
      if (day < window.from || day > window.to) continue;
      ranges.push(window);
      break;
    }
  }
  return ranges;
}
