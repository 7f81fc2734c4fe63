/** 10^9: nano-units in one. Credits and quantities keep nine decimal places. */
export const NANOS_PER_UNIT = 1_000_000_000n;

const DECIMAL_PLACES = 9;
const PLAIN_DECIMAL = /^(\d{1,30})(?:\.(\d{1,9}))?$/;

/**
 * Nano-units of `digits[.digits]`, at most 30 before and 9 after the point; undefined for any other text.
 * Source: the HTTP contract, numbers and names.
 */
export function parseDecimalNanos(text: string): bigint | undefined {
  const match = PLAIN_DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  return BigInt(whole + fraction.padEnd(DECIMAL_PLACES, '0'));
}

/** As `parseDecimalNanos`, with an optional leading minus sign. */
export function parseSignedDecimalNanos(text: string): bigint | undefined {
  if (!text.startsWith('-')) return parseDecimalNanos(text);
  const nanos = parseDecimalNanos(text.slice(1));
  return nanos === undefined ? undefined : -nanos;
}

/** Shortest decimal of `value` / 10^`places`: "90", "0.00005", "-12.5". */
export function formatScaled(value: bigint, places: number): string {
  const isNegative = value < 0n;
  const digits = (isNegative ? -value : value).toString();
  const sign = isNegative ? '-' : '';
  if (places === 0) return sign + digits;
  const padded = digits.padStart(places + 1, '0');
  const whole = padded.slice(0, -places);
  let end = padded.length;
  while (end > whole.length && padded.charCodeAt(end - 1) === 0x30) end -= 1;
  return end === whole.length ? sign + whole : `${sign}${whole}.${padded.slice(whole.length, end)}`;
}
