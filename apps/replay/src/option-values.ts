import { parseTime } from '@app/metering';
import { InvalidArgumentError } from 'commander';

/** Offsets and partitions: digits alone, and no more of them than the numbers have. */
const WHOLE_NUMBER = /^\d{1,18}$/;

export function nonEmpty(text: string): string {
  if (text === '') throw new InvalidArgumentError('It must not be empty.');
  return text;
}

/** Milliseconds of Unix time. */
export function instant(text: string): number {
  const ms = parseTime(text);
  if (ms === undefined) throw new InvalidArgumentError('It has to be a time with a zone, like 2026-11-20T10:00:00Z.');
  return ms;
}

export function offset(text: string): bigint {
  if (!WHOLE_NUMBER.test(text)) throw new InvalidArgumentError('It has to be a whole number.');
  return BigInt(text);
}

export const partition = (text: string): number => Number(offset(text));

export function threads(text: string): number {
  if (!['1', '2', '4'].includes(text)) throw new InvalidArgumentError('It has to be 1, 2 or 4.');
  return Number(text);
}
