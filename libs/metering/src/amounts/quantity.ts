import { divideHalfEven } from './divide-half-even.js';
import { formatScaled, parseDecimalNanos } from './decimal.js';

/** A quantity in units of 10^-9. */
export type Quantity = bigint & { readonly __unit?: 'nano-units' };

/** Nano-units of `digits[.digits]` (30 before, 9 after the point); undefined for any other text. */
export function parseQuantity(text: string): Quantity | undefined {
  return parseDecimalNanos(text);
}

/** Shortest decimal of a quantity in nano-units. */
export function formatQuantity(quantity: Quantity): string {
  return formatScaled(quantity, 9);
}

/**
 * Decimal of `value` / `denominator`, exact when the denominator is a power of ten (sums, products),
 * else rounded half to even to nine places (a gauge over time).
 */
export function formatMeterQuantity(value: bigint, denominator: bigint): string {
  const digits = denominator.toString();
  if (/^10*$/.test(digits)) return formatScaled(value, digits.length - 1);
  return formatScaled(divideHalfEven(value * 1_000_000_000n, denominator), 9);
}
