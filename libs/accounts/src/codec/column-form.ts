/**
 * A column of integers begins with one byte: two bits of form, one for signs, five for a power of ten that all values
 * share. Its length is known from elsewhere; an empty column has no bytes.
 */
export const CONSTANT = 0;
export const VARINTS = 1;
export const LARGE = 2;
export const PREDICTED = 3;
export const SIGNED = 4;
export const EXPONENT_SHIFT = 3;

export const EXPONENT_MAX = 9;
export const POWERS = Array.from({ length: EXPONENT_MAX + 1 }, (_, exponent) => 10 ** exponent);

/** The form that a column's first byte tells. */
export const formOf = (head: number): number => head & 3;
