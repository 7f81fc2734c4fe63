import { civilOf, DAY_MS, daysFromCivil, HOUR_MS } from '@app/metering';
import type { UsageWindowName } from './answers.js';

export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** The window that contains an instant, cut to the range. */
export function windowAt(
  { window, fromMs, toMs }: { readonly window: UsageWindowName | null; readonly fromMs: number; readonly toMs: number },
  ms: number,
): Window {
  const { startMs, endMs } = wholeWindow(window, ms) ?? { startMs: fromMs, endMs: toMs };
  return { startMs: Math.max(fromMs, startMs), endMs: Math.min(toMs, endMs) };
}

/** The whole window that contains an instant; undefined without windows. */
export function wholeWindow(window: UsageWindowName | null, ms: number): Window | undefined {
  if (window === null) return undefined;
  if (window === 'month') {
    const { year, month } = civilOf(ms);
    const nextMonth = month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1);
    return { startMs: daysFromCivil(year, month, 1) * DAY_MS, endMs: nextMonth * DAY_MS };
  }
  const sizeMs = window === 'day' ? DAY_MS : HOUR_MS;
  const startMs = Math.floor(ms / sizeMs) * sizeMs;
  return { startMs, endMs: startMs + sizeMs };
}
