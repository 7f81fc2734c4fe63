import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { bestShift, newBitLengths, packRice, RICE_BYTES_MAX, RICE_MAX, SHIFT_MAX, unpackRice } from './rice-coding.js';

function pack(numbers: readonly number[], shift: number): Uint8Array {
  const bytes = new Uint8Array(RICE_BYTES_MAX * numbers.length);
  const end = packRice(bytes, 0, { numbers: Uint32Array.from(numbers), count: numbers.length, shift });
  return bytes.subarray(0, end);
}

function unpack(bytes: Uint8Array, count: number, shift: number): { numbers: number[]; end: number } {
  const numbers = Array.from({ length: count }, () => 0);
  return { end: unpackRice(bytes, 0, shift, numbers), numbers };
}

function shiftFor(numbers: readonly number[]): { shift: number; bytes: number } {
  const lengths = newBitLengths();
  for (const number of numbers) lengths[32 - Math.clz32(number)]! += 1;
  return bestShift(lengths, numbers.length, numbers.reduce((sum, number) => sum + number, 0) / numbers.length);
}

const number = fc.oneof(
  fc.nat({ max: 3 }),
  fc.nat({ max: 5_000 }),
  fc.nat({ max: RICE_MAX }),
  fc.constantFrom(0, RICE_MAX, 2 ** 30, 2 ** 30 - 1),
);
const numbersOf = fc.array(number, { minLength: 1, maxLength: 200 });

describe('Golomb-Rice coding', () => {
  it('gives back what was packed, whatever the shift, and ends where it ended', () => {
    fc.assert(
      fc.property(numbersOf, fc.nat({ max: SHIFT_MAX }), (numbers, shift) => {
        const bytes = pack(numbers, shift);
        expect(unpack(bytes, numbers.length, shift)).toEqual({ numbers, end: bytes.length });
      }),
    );
  });

  it('ends where it ended when more bytes follow', () => {
    fc.assert(
      fc.property(numbersOf, fc.nat({ max: SHIFT_MAX }), fc.uint8Array({ maxLength: 9 }), (numbers, shift, more) => {
        const bytes = pack(numbers, shift);
        expect(unpack(Buffer.concat([bytes, more]), numbers.length, shift)).toEqual({ numbers, end: bytes.length });
      }),
    );
  });

  it('says that it ends behind the last byte where numbers are cut off', () => {
    const bytes = pack([700, 800, 900], 8);
    expect(unpack(bytes.subarray(0, bytes.length - 1), 3, 8).end).toBe(bytes.length);
  });

  it.each([
    ['mostly zeros', [0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1], 3],
    ['of eleven bits', [1_030, 2_040, 1_500, 1_999, 1_234, 1_777, 1_100, 1_600], 12],
    ['small, and one that is huge', [1, 0, 2, 1, 0, 1, 1, 2, 0, 1, 2_000_000_000, 1, 0, 1, 1, 0], 10],
  ])('finds a shift for numbers that are %s', (_, numbers, most) => {
    const { shift, bytes } = shiftFor(numbers);
    expect(pack(numbers, shift).length).toBeLessThanOrEqual(most);
    expect(Math.abs(bytes - pack(numbers, shift).length)).toBeLessThanOrEqual(1);
  });

  it('finds a shift that is not much worse than the best, and knows about how many bytes it takes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5_000 }), { minLength: 20, maxLength: 200 }), (numbers) => {
        const { shift, bytes } = shiftFor(numbers);
        const packed = pack(numbers, shift).length;
        const best = Math.min(...Array.from({ length: SHIFT_MAX + 1 }, (__, each) => pack(numbers, each).length));
        expect(packed).toBeLessThanOrEqual(best * 1.1 + 1);
        expect(bytes).toBeGreaterThan(packed * 0.8 - 2);
      }),
    );
  });
});
