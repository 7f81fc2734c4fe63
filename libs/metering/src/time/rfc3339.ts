import { civilOf, dayOf, daysFromCivil, daysInMonth, DAY_MS } from './civil-date.js';

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** Longest text that is looked at: nobody needs more than nanoseconds. */
const TIME_LENGTH_MAX = 64;

export const TIME_MIN_MS = daysFromCivil(0, 1, 1) * DAY_MS;
export const TIME_MAX_MS = daysFromCivil(10_000, 1, 1) * DAY_MS - 1;

/**
 * Unix milliseconds of an RFC 3339 time with a zone; further digits are cut off. Undefined when it is none:
 * 30 February, 24:00, a leap second, or an instant outside the years 0000 to 9999 (UTC).
 */
export function parseTime(text: string): number | undefined {
  const plainMs = parsePlainTime(text);
  return plainMs >= 0 ? plainMs : parseAnyTime(text);
}

const NOT_PLAIN = -1;
const ZERO = 0x30;
/** `2026-11-01T00:00:00Z` and `2026-11-01T00:00:00.123Z`. */
const SECONDS_LENGTH = 20;
const MILLIS_LENGTH = 24;

/** The two forms that nearly all producers send, since 1970; below zero for any other text. */
function parsePlainTime(text: string): number {
  const { length } = text;
  if (length !== SECONDS_LENGTH && length !== MILLIS_LENGTH) return NOT_PLAIN;
  const hasSigns =
    text.charCodeAt(4) === 0x2d &&
    text.charCodeAt(7) === 0x2d &&
    text.charCodeAt(10) === 0x54 &&
    text.charCodeAt(13) === 0x3a &&
    text.charCodeAt(16) === 0x3a &&
    text.charCodeAt(length - 1) === 0x5a &&
    (length === SECONDS_LENGTH || text.charCodeAt(19) === 0x2e);
  if (!hasSigns) return NOT_PLAIN;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const millis = length === SECONDS_LENGTH ? 0 : twoDigits(text, 20) * 10 + (twoDigits(text, 21) % 10);
  // What is no digit makes its number not a number, which no comparison holds for.
  const isDate = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  const isClock = hour <= 23 && minute <= 59 && second <= 59 && millis <= 999;
  if (!isDate || !isClock) return NOT_PLAIN;
  return daysFromCivil(year, month, day) * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + millis;
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function parseAnyTime(text: string): number | undefined {
  if (text.length > TIME_LENGTH_MAX) return undefined;
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const year = Number(match[1]);
  const month = Number(match[2]);
  const day = Number(match[3]);
  const hour = Number(match[4]);
  const minute = Number(match[5]);
  const second = Number(match[6]);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offsetMs = offsetOf(match[8], Number(match[9]), Number(match[10]));
  if (offsetMs === undefined) return undefined;
  const fraction = match[7];
  const millis = fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
  const localMs =
    daysFromCivil(year, month, day) * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + millis;
  const ms = localMs - offsetMs;
  return ms < TIME_MIN_MS || ms > TIME_MAX_MS ? undefined : ms;
}

function offsetOf(sign: string | undefined, hours: number, minutes: number): number | undefined {
  if (sign === undefined) return 0;
  if (hours > 23 || minutes > 59) return undefined;
  const offsetMs = hours * 3_600_000 + minutes * 60_000;
  return sign === '-' ? -offsetMs : offsetMs;
}

/** "2026-11-01T00:00:00Z", or with ".123" where there are milliseconds. A time outside the years 0000 to 9999 is a programmer's error. */
export function formatTime(ms: number): string {
  if (!Number.isInteger(ms) || ms < TIME_MIN_MS || ms > TIME_MAX_MS) throw new RangeError(`not a time: ${ms}`);
  const { year, month, day } = civilOf(ms);
  const inDay = ms - dayOf(ms) * DAY_MS;
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  const clock = `${two(Math.floor(inDay / 3_600_000))}:${two(Math.floor(inDay / 60_000) % 60)}:${two(Math.floor(inDay / 1000) % 60)}`;
  const millis = inDay % 1000;
  return `${date}T${clock}${millis === 0 ? '' : `.${String(millis).padStart(3, '0')}`}Z`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
