import { DAY_MS } from '@app/metering';

const WEEK_MS = 7 * DAY_MS;
const TEXT = /^(\d{4})-W(\d{2})$/;
/** Monday, 1970-01-05. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** Start of the ISO week (Monday, UTC) that contains an instant. */
export const weekStartOf = (ms: number): number =>
  Math.floor((ms - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS;

/** Start of `2026-W47`; undefined for a text that names no week. */
export function parseWeek(text: string): number | undefined {
  const [, year, week] = TEXT.exec(text) ?? [];
  if (year === undefined || week === undefined) return undefined;
  // The fourth of January always lies in the first week.
  const startMs = weekStartOf(Date.UTC(Number(year), 0, 4)) + (Number(week) - 1) * WEEK_MS;
  return formatWeek(startMs) === text ? startMs : undefined;
}

/** The name of the week that contains an instant: the year is that of its Thursday. */
export function formatWeek(ms: number): string {
  const startMs = weekStartOf(ms);
  const year = new Date(startMs + 3 * DAY_MS).getUTCFullYear();
  const week = (startMs - weekStartOf(Date.UTC(year, 0, 4))) / WEEK_MS + 1;
  return `${year.toString().padStart(4, '0')}-W${week.toString().padStart(2, '0')}`;
}
