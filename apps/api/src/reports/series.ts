import { formatCredits, formatTime } from '@app/metering';
import type { UsageItem } from '@app/read-models';
import { weekStartOf } from './iso-week.js';
import { nanosOf } from './read-usage.js';

const WEEK_MS = 7 * 86_400_000;

/** Days of usage as ISO weeks, newest first; the first and last are cut to the range. */
export function weeksOf(
  days: readonly UsageItem[],
  range: { readonly fromMs: number; readonly toMs: number },
): UsageItem[] {
  const weeks = new Map<string, { item: UsageItem; nanos: bigint; quantityNanos: bigint; events: number }>();
  for (const day of days) {
    const startMs = weekStartOf(Date.parse(day.start));
    const key = JSON.stringify([startMs, day.group]);
    let week = weeks.get(key);
    if (week === undefined) {
      const start = formatTime(Math.max(startMs, range.fromMs));
      const end = formatTime(Math.min(startMs + WEEK_MS, range.toMs));
      week = { item: { ...day, start, end }, nanos: 0n, quantityNanos: 0n, events: 0 };
      weeks.set(key, week);
    }
    week.nanos += nanosOf(day.credits);
    week.quantityNanos += nanosOf(day.quantity);
    week.events += day.events;
  }
  return [...weeks.values()].map(({ item, nanos, quantityNanos, events }) => ({
    ...item,
    events,
    quantity: formatCredits(quantityNanos),
    credits: formatCredits(nanos),
  }));
}

/** Each window beside the one before of the same group: the change as a share, null where there was nothing. */
export function withChanges(items: readonly UsageItem[]): (UsageItem & { readonly change: string | null })[] {
  const older = new Map<string, bigint>();
  return items
    .toReversed()
    .map((item) => {
      const key = JSON.stringify(item.group);
      const before = older.get(key);
      const nanos = nanosOf(item.credits);
      older.set(key, nanos);
      return { ...item, change: before === undefined ? null : changeOf(nanos, before) };
    })
    .toReversed();
}

const SHARE_PLACES = 4n;

/** `(now − before) ÷ before` with four places, cut; null where there was nothing before. */
export function changeOf(nowNanos: bigint, beforeNanos: bigint): string | null {
  if (beforeNanos <= 0n) return null;
  const share = ((nowNanos - beforeNanos) * 10n ** SHARE_PLACES) / beforeNanos;
  const digits = (share < 0n ? -share : share).toString().padStart(Number(SHARE_PLACES) + 1, '0');
  const at = digits.length - Number(SHARE_PLACES);
  const part = digits.slice(at).replace(/0+$/, '');
  return `${share < 0n ? '-' : ''}${digits.slice(0, at)}${part === '' ? '' : `.${part}`}`;
}
