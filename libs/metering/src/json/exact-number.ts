/**
 * Whether what is written equals the shortest decimal of its double, by value: `0.1`, `1e3`, `1.0` yes;
 * `9007199254740993`, `1e400`, `0.1000000000000000055` no. `literal` is a JSON number.
 */
export function isExactNumber(literal: string): boolean {
  const value = Number(literal);
  if (!Number.isFinite(value)) return false;
  const written = significantOf(literal);
  const kept = significantOf(String(value));
  return written.digits === kept.digits && (written.digits === '' || written.exponent === kept.exponent);
}

/** Digits without outer zeros, and the power of ten of their last digit. The sign is the same on both sides. */
function significantOf(literal: string): { readonly digits: string; readonly exponent: number } {
  const unsigned = literal.startsWith('-') ? literal.slice(1) : literal;
  const [mantissa = '', power = '0'] = unsigned.split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = whole + fraction;
  let end = all.length;
  while (end > 0 && all.charCodeAt(end - 1) === 0x30) end -= 1;
  let start = 0;
  while (start < end && all.charCodeAt(start) === 0x30) start += 1;
  return { digits: all.slice(start, end), exponent: Number(power) - fraction.length + (all.length - end) };
}
