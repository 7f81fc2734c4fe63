import { formatScaled, parseDecimalNanos, parseSignedDecimalNanos } from './decimal.js';

/** Credits in units of 10^-9: no float touches money. */
export type Credits = bigint & { readonly __unit?: 'nano-credits' };

/** Nano-credits of `digits[.digits]` (30 before, 9 after the point); undefined for any other text. */
export function parseCredits(text: string): Credits | undefined {
  return parseDecimalNanos(text);
}

/** As `parseCredits`, with an optional minus sign: what an adjustment takes. */
export function parseSignedCredits(text: string): Credits | undefined {
  return parseSignedDecimalNanos(text);
}

/** Shortest decimal: "90", "0.00005", "-12.5". */
export function formatCredits(credits: Credits): string {
  return formatScaled(credits, 9);
}
