/**
 * The shortest decimal of a finite double, without an exponent: 1e21 is "1000000000000000000000", -0 is "0".
 * ECMAScript's own text already is the shortest; it only uses an exponent far from one.
 */
export function decimalOfNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  const text = String(value);
  const at = text.indexOf('e');
  if (at < 0) return text;
  const sign = text.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = text.slice(sign.length, at).split('.');
  const exponent = Number(text.slice(at + 1));
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, '0');
}
