import { formatScaled, parseDecimalNanos } from './decimal.js';

/** An amount in a currency's minor unit (cents for EUR, yen for JPY). */
export interface Money {
  readonly currency: string;
  readonly amountMinor: bigint;
}

// ISO 4217 minor units other than two.
const MINOR_PLACES = new Map([
  ...[
    'BIF',
    'CLP',
    'DJF',
    'GNF',
    'ISK',
    'JPY',
    'KMF',
    'KRW',
    'PYG',
    'RWF',
    'UGX',
    'UYI',
    'VND',
    'VUV',
    'XAF',
    'XOF',
    'XPF',
  ].map((currency) => [currency, 0] as const),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((currency) => [currency, 3] as const),
]);

/** Decimal places of a currency's minor unit (ISO 4217; two when not listed otherwise). */
export function minorPlacesOf(currency: string): number {
  return MINOR_PLACES.get(currency) ?? 2;
}

/** Money of a decimal text; undefined when it is no decimal or finer than the currency's minor unit. */
export function parseMoney(amount: string, currency: string): Money | undefined {
  const nanos = parseDecimalNanos(amount);
  if (nanos === undefined) return undefined;
  const nanosPerMinor = 10n ** BigInt(9 - minorPlacesOf(currency));
  if (nanos % nanosPerMinor !== 0n) return undefined;
  return { currency, amountMinor: nanos / nanosPerMinor };
}

/** Amount with the currency's own places: "49.00" USD, "49" JPY. */
export function formatMoney(money: Money): string {
  const places = minorPlacesOf(money.currency);
  const shortest = formatScaled(money.amountMinor, places);
  if (places === 0) return shortest;
  const [whole = '0', fraction = ''] = shortest.split('.');
  return `${whole}.${fraction.padEnd(places, '0')}`;
}
