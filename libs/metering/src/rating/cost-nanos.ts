import type { Credits } from '../amounts/credits.js';
import { divideHalfEven } from '../amounts/divide-half-even.js';
import type { Price } from './price.js';

/**
 * C(Q): the nano-credits of a cumulative quantity of `quantity` / `denominator`, exact, rounded once, half to even.
 * C(0) = 0. A negative quantity cannot occur and throws. Source: semantics, Rating.
 */
export function costNanos(price: Price, quantity: bigint, denominator: bigint): Credits {
  if (quantity === 0n) return 0n;
  if (quantity < 0n) throw new RangeError('costNanos: a cumulative quantity is never negative');
  const scaled = price.scaledTo(denominator);
  if (scaled.pack !== undefined) {
    const { size, unitsPerSize, creditsNanos } = scaled.pack;
    return ((quantity * unitsPerSize + size - 1n) / size) * creditsNanos;
  }
  for (const piece of scaled.pieces) {
    if (piece.upTo === undefined || quantity <= piece.upTo) {
      return divideHalfEven(piece.offset + quantity * piece.multiplier, scaled.divisor);
    }
  }
  throw new RangeError('costNanos: the last tier of a price is open');
}
