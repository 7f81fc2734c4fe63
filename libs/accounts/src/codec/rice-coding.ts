/**
 * Golomb-Rice coding of unsigned integers below 2³¹: what lies above `shift` bits as so many ones and a zero, then those
 * bits. Small numbers among a few large ones take little more than their entropy. Bits fill bytes from the lowest on.
 */

/** So many ones are no count: the number follows in `WHOLE_BITS` bits. */
const ESCAPE_ONES = 16;
const WHOLE_BITS = 31;
/** Bits that are put or taken at once: with the seven at most that wait, they fit into 32. */
const CHUNK_BITS = 24;
/** Larger numbers are not packed. */
export const RICE_MAX = 2 ** WHOLE_BITS - 1;
export const SHIFT_MAX = WHOLE_BITS - 1;
/** Most bytes that one number takes. */
export const RICE_BYTES_MAX = 6;

/**
 * Twice the bits of the ones and the zero, by how many bits of a number lie above the shift; on average, so that numbers
 * need not be looked at once more.
 */
const TWICE_UNARY_BITS = [2, 4, 7, 13, 25];
const TWICE_ESCAPED_BITS = 2 * (ESCAPE_ONES + WHOLE_BITS);

/** How many numbers have each length in bits. */
export type BitLengths = Int32Array;

export const newBitLengths = (): BitLengths => new Int32Array(WHOLE_BITS + 1);

/** The shift for which these numbers take fewest bytes, about, and how many. */
export function bestShift(lengths: BitLengths, count: number, mean: number): { shift: number; bytes: number } {
  let shift = Math.min(SHIFT_MAX, 32 - Math.clz32(mean));
  let bits = bitsFor(lengths, count, shift);
  for (; shift > 0; shift -= 1) {
    const fewer = bitsFor(lengths, count, shift - 1);
    if (fewer >= bits) break;
    bits = fewer;
  }
  return { shift, bytes: Math.ceil(bits / 8) };
}

function bitsFor(lengths: BitLengths, count: number, shift: number): number {
  let twice = 0;
  for (let length = shift + 1; length <= WHOLE_BITS; length += 1) {
    const numbers = lengths[length] ?? 0;
    // Escaped numbers have no bits below.
    if (numbers > 0) twice += numbers * ((TWICE_UNARY_BITS[length - shift] ?? TWICE_ESCAPED_BITS - 2 * shift) - 2);
  }
  return count * (shift + 1) + twice / 2;
}

/** Writes the first `count` of these numbers and answers where they end. There is room for `RICE_BYTES_MAX` of each. */
export function packRice(
  bytes: Uint8Array,
  start: number,
  { numbers, count, shift }: { readonly numbers: Uint32Array; readonly count: number; readonly shift: number },
): number {
  let at = start;
  let waiting = 0;
  let filled = 0;
  for (let index = 0; index < count; index += 1) {
    const value = numbers[index] ?? 0;
    const ones = Math.min(value >>> shift, ESCAPE_ONES);
    waiting |= ((1 << ones) - 1) << filled;
    filled += ones === ESCAPE_ONES ? ones : ones + 1;
    let left = ones === ESCAPE_ONES ? WHOLE_BITS : shift;
    let rest = value;
    for (;;) {
      while (filled >= 8) {
        bytes[at++] = waiting;
        waiting >>>= 8;
        filled -= 8;
      }
      if (left === 0) break;
      const size = Math.min(left, CHUNK_BITS);
      waiting |= (rest & ((1 << size) - 1)) << filled;
      filled += size;
      rest >>>= size;
      left -= size;
    }
  }
  if (filled > 0) bytes[at++] = waiting;
  return at;
}

/**
 * Reads as many numbers as the list is long, and answers where they end: behind the last byte where they are cut off,
 * for the caller to refuse.
 */
export function unpackRice(bytes: Uint8Array, start: number, shift: number, into: number[]): number {
  let at = start;
  let waiting = 0;
  let filled = 0;
  for (let index = 0; index < into.length; index += 1) {
    for (; filled <= CHUNK_BITS; filled += 8) waiting |= (bytes[at++] ?? 0) << filled;
    const zeros = ~waiting;
    const ones = zeros === 0 ? ESCAPE_ONES : Math.min(31 - Math.clz32(zeros & -zeros), ESCAPE_ONES);
    const taken = ones === ESCAPE_ONES ? ones : ones + 1;
    waiting >>>= taken;
    filled -= taken;
    let value = ones === ESCAPE_ONES ? 0 : ones << shift;
    const wanted = ones === ESCAPE_ONES ? WHOLE_BITS : shift;
    for (let have = 0; have < wanted;) {
      for (; filled <= CHUNK_BITS; filled += 8) waiting |= (bytes[at++] ?? 0) << filled;
      const size = Math.min(wanted - have, CHUNK_BITS);
      value |= (waiting & ((1 << size) - 1)) << have;
      waiting >>>= size;
      filled -= size;
      have += size;
    }
    into[index] = value >>> 0;
  }
  // Whole bytes that were looked at, and not taken from.
  return at - (filled >> 3);
}
