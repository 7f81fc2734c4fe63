import { divideHalfEven, formatScaled, minorPlacesOf, NANOS_PER_UNIT } from '@app/metering';

const PLACES = 12;

/** Money for one credit, as a decimal of up to twelve places; null where there are no credits. */
export function costPerCredit(amountMinor: bigint, currency: string, creditsNanos: bigint): string | null {
  if (creditsNanos <= 0n) return null;
  return ratioText(amountMinor * NANOS_PER_UNIT, creditsNanos * 10n ** BigInt(minorPlacesOf(currency)));
}

/** `numerator / denominator` as a decimal of up to twelve places, rounded half to even. */
export const ratioText = (numerator: bigint, denominator: bigint): string =>
  formatScaled(divideHalfEven(numerator * 10n ** BigInt(PLACES), denominator), PLACES);
