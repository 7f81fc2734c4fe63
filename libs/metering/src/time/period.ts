import { civilOf, dayOf, daysFromCivil, daysInMonth, DAY_MS } from './civil-date.js';

/** A calendar period: months first, then days. `P1Y` is twelve months, `P2W` fourteen days. */
export interface Period {
  readonly months: number;
  readonly days: number;
}

const PERIOD = /^P(?=\d)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?$/;
const DURATION = /^P(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?$/;

/** The period of an ISO 8601 date period (`P1D`, `P2W`, `P12M`, `P1Y`, also combined), longer than nothing; else undefined. */
export function parsePeriod(text: string): Period | undefined {
  const match = PERIOD.exec(text);
  if (match === null) return undefined;
  const months = Number(match[1] ?? 0) * 12 + Number(match[2] ?? 0);
  const days = Number(match[3] ?? 0) * 7 + Number(match[4] ?? 0);
  return months === 0 && days === 0 ? undefined : { months, days };
}

/** `P1M`, `P14D`, `P12M3D`: one text per period. */
export function formatPeriod(period: Period): string {
  return `P${period.months > 0 ? `${period.months}M` : ''}${period.days > 0 ? `${period.days}D` : ''}`;
}

/** Milliseconds of an ISO 8601 duration of fixed length (`PT1H`, `P1DT12H`, `PT0S`); undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (match === null || text === 'P') return undefined;
  const hours = Number(match[1] ?? 0) * 24 + Number(match[2] ?? 0);
  return (hours * 3600 + Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0)) * 1000;
}

/**
 * `ms` plus the period, in UTC. Months keep the day of the month, or `anchorDay` where it is given
 * (so that the 31st comes back after February); a shorter month's last day stands in.
 */
export function addPeriod(ms: number, period: Period, anchorDay?: number): number {
  const inDay = ms - dayOf(ms) * DAY_MS;
  if (period.months === 0) return ms + period.days * DAY_MS;
  const from = civilOf(ms);
  const monthsFromZero = from.year * 12 + (from.month - 1) + period.months;
  const year = Math.floor(monthsFromZero / 12);
  const month = monthsFromZero - year * 12 + 1;
  const day = Math.min(anchorDay ?? from.day, daysInMonth(year, month));
  return (daysFromCivil(year, month, day) + period.days) * DAY_MS + inDay;
}
