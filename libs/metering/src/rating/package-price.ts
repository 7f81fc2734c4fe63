import { NANOS_PER_UNIT } from '../amounts/decimal.js';
import type { Credits } from '../amounts/credits.js';
import { divideHalfEven } from '../amounts/divide-half-even.js';
import { minorPlacesOf, type Money } from '../amounts/money.js';
import type { Quantity } from '../amounts/quantity.js';
import type { Package } from '../catalog/catalog.js';

/** Why a quantity of a package cannot be bought. */
export type PackageQuantityError = 'QuantityRequired' | 'QuantityOutOfRange';

/**
 * The price of a package, rounded once, half to even, to the minor unit. By volume `quantity` is credits, priced whole by the
 * tier it falls in; of a fixed package it is how many, one when undefined, a whole number above 0.
 */
export function packagePrice(
  bought: Package,
  quantity: Quantity | undefined,
): { readonly price: Money } | { readonly error: PackageQuantityError } {
  const error = quantityError(bought, quantity);
  if (error !== undefined) return { error };
  if (bought.fixedPrice !== null) {
    const count = (quantity ?? NANOS_PER_UNIT) / NANOS_PER_UNIT;
    return { price: { currency: bought.currency, amountMinor: bought.fixedPrice.amountMinor * count } };
  }
  const credits = quantity ?? 0n;
  const tier = bought.volumeTiers.find(({ upTo }) => upTo === undefined || credits <= upTo);
  if (tier === undefined) return { error: 'QuantityOutOfRange' };
  const minorPerUnit = 10n ** BigInt(minorPlacesOf(bought.currency));
  const amountMinor = divideHalfEven(credits * tier.amountNanos * minorPerUnit, tier.perNanos * NANOS_PER_UNIT);
  return { price: { currency: bought.currency, amountMinor } };
}

/** The credits and the bonus that a quantity of a package brings; undefined when `packagePrice` refuses it. */
export function packageCredits(
  bought: Package,
  quantity: Quantity | undefined,
): { readonly creditsNanos: Credits; readonly bonusNanos: Credits } | undefined {
  if (quantityError(bought, quantity) !== undefined) return undefined;
  if (bought.creditsNanos === null) {
    const creditsNanos: bigint = quantity ?? 0n;
    return { creditsNanos, bonusNanos: bought.bonusNanos };
  }
  const count = (quantity ?? NANOS_PER_UNIT) / NANOS_PER_UNIT;
  return { creditsNanos: bought.creditsNanos * count, bonusNanos: bought.bonusNanos * count };
}

function quantityError(bought: Package, quantity: Quantity | undefined): PackageQuantityError | undefined {
  const isVolume = bought.fixedPrice === null;
  if (quantity === undefined) return isVolume ? 'QuantityRequired' : undefined;
  if (quantity <= 0n || (!isVolume && quantity % NANOS_PER_UNIT !== 0n)) return 'QuantityOutOfRange';
  if (bought.minQuantity !== null && quantity < bought.minQuantity) return 'QuantityOutOfRange';
  return bought.maxQuantity !== null && quantity > bought.maxQuantity ? 'QuantityOutOfRange' : undefined;
}
