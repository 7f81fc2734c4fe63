export { parseCredits, parseSignedCredits, formatCredits, type Credits } from './credits.js';
export { parseQuantity, formatQuantity, formatMeterQuantity, type Quantity } from './quantity.js';
export { divideHalfEven } from './divide-half-even.js';
export { NANOS_PER_UNIT, parseDecimalNanos, parseSignedDecimalNanos, formatScaled } from './decimal.js';
export { parseMoney, formatMoney, minorPlacesOf, type Money } from './money.js';
