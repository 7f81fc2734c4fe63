const NANOS = 1_000_000_000n;

/** Nano-units of a decimal string. @throws {Error} for anything else */
export function nanosOf(decimal: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(decimal);
  if (match === null) throw new Error(`not a decimal: ${decimal}`);
  const nanos = BigInt(match[2] ?? '0') * NANOS + BigInt((match[3] ?? '').padEnd(9, '0'));
  return match[1] === '-' ? -nanos : nanos;
}

/** `numerator / denominator` (positive both) to the nearest integer, half to even. */
export function roundHalfEven(numerator: bigint, denominator: bigint): bigint {
  const [quotient, twice] = [numerator / denominator, 2n * (numerator % denominator)];
  if (twice < denominator) return quotient;
  return twice > denominator || quotient % 2n === 1n ? quotient + 1n : quotient;
}
