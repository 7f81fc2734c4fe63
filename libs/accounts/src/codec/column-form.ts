/**
 * A column of integers begins with one byte: two bits of form, one for signs, four for a power of ten that all values
 * share, and one where the numbers are packed in bits (Golomb-Rice, with the shift in a byte of its own) and not in
 * bytes. Its length is known from elsewhere; an empty column has no bytes.
 */
export const CONSTANT = 0;
export const VARINTS = 1;
export const LARGE = 2;
export const PREDICTED = 3;
export const SIGNED = 4;
export const EXPONENT_SHIFT = 3;
const EXPONENT_MASK = 0x0f;
export const PACKED = 0x80;

export const EXPONENT_MAX = 9;
export const POWERS = Array.from({ length: EXPONENT_MAX + 1 }, (_, exponent) => 10 ** exponent);

/** The form that a column's first byte tells. */
export const formOf = (head: number): number => head & 3;

/** The power of ten that a column's first byte tells; undefined where there is none. */
export const powerIn = (head: number): number | undefined => POWERS[(head >> EXPONENT_SHIFT) & EXPONENT_MASK];
