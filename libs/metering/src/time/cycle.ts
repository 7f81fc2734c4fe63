import { civilOf, daysFromCivil, daysInMonth, DAY_MS } from './civil-date.js';

/** An interval [startMs, endMs) between two anchors. */
export interface CycleInterval {
  readonly startMs: number;
  readonly endMs: number;
}

/** 00:00 UTC of the anchor day in the month that lies `month` − 1 months after January of `year`; shorter months use their last day. */
function anchorIn(year: number, month: number, anchorDay: number): number {
  const monthsFromZero = year * 12 + (month - 1);
  const anchorYear = Math.floor(monthsFromZero / 12);
  const anchorMonth = monthsFromZero - anchorYear * 12 + 1;
  const day = Math.min(anchorDay, daysInMonth(anchorYear, anchorMonth));
  return daysFromCivil(anchorYear, anchorMonth, day) * DAY_MS;
}

function assertAnchorDay(anchorDay: number): void {
  if (!Number.isInteger(anchorDay) || anchorDay < 1 || anchorDay > 31)
    throw new RangeError(`not an anchor day: ${anchorDay}`);
}

/** The first anchor later than `afterMs`. Anchor days 29 to 31 fall on a shorter month's last day. */
export function nextAnchor(afterMs: number, anchorDay: number): number {
  assertAnchorDay(anchorDay);
  const { year, month } = civilOf(afterMs);
  const anchor = anchorIn(year, month, anchorDay);
  return anchor > afterMs ? anchor : anchorIn(year, month + 1, anchorDay);
}

/** The cycle of full anchors that contains `ms`: its start is at or before it, its end after it. */
export function cycleContaining(ms: number, anchorDay: number): CycleInterval {
  assertAnchorDay(anchorDay);
  const { year, month } = civilOf(ms);
  const anchor = anchorIn(year, month, anchorDay);
  if (anchor <= ms) return { startMs: anchor, endMs: anchorIn(year, month + 1, anchorDay) };
  return { startMs: anchorIn(year, month - 1, anchorDay), endMs: anchor };
}
