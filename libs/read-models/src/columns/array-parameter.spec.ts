import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { byteaArray, int4Array, int8Array, numericArray, textArray, timestampArray } from './array-parameter.js';

/** An array as the manual of Postgres tells its binary form: the element's type and bytes, null for null. */
function read(array: Buffer): { oid: number; elements: (Buffer | null)[] } {
  const elements: (Buffer | null)[] = [];
  const [dimensions, oid] = [array.readInt32BE(0), array.readInt32BE(8)];
  if (dimensions === 0) return { oid, elements };
  let rest = array.subarray(20);
  for (let left = array.readInt32BE(12); left > 0; left -= 1) {
    const size = rest.readInt32BE(0);
    elements.push(size === -1 ? null : rest.subarray(4, 4 + size));
    rest = rest.subarray(4 + Math.max(0, size));
  }
  expect(rest).toHaveLength(0);
  return { oid, elements };
}

function numericOf(bytes: Buffer): bigint {
  let magnitude = 0n;
  const weight = bytes.readInt16BE(2);
  for (let digit = 0; digit <= weight; digit += 1)
    magnitude = magnitude * 10_000n + BigInt(bytes.readInt16BE(8 + digit * 2));
  expect([bytes.readInt16BE(0), bytes.readInt16BE(6)]).toEqual([weight + 1, 0]);
  return bytes.readInt16BE(4) === 0 ? magnitude : -magnitude;
}

const self = <T>(value: T): T => value;
const nullable = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<(T | null)[]> => fc.array(fc.option(values));
const anyAmount = fc.oneof(
  fc.bigInt({ min: -20_000n, max: 20_000n }),
  fc.bigInt({ min: -(10n ** 45n), max: 10n ** 45n }),
);

describe('an array as a parameter', () => {
  it('holds texts, bytes and nulls', () => {
    fc.assert(
      fc.property(nullable(fc.string({ unit: 'grapheme' })), nullable(fc.uint8Array()), (texts, bytes) => {
        const found = read(textArray(texts, self));
        expect(found.elements.map((element) => element && element.toString('utf8'))).toEqual(texts);
        expect(found.oid).toBe(25);
        expect(read(byteaArray(bytes, self)).elements).toEqual(bytes.map((value) => value && Buffer.from(value)));
      }),
    );
  });

  it('holds integers of four and eight bytes, given as numbers or bigints', () => {
    fc.assert(
      fc.property(nullable(fc.integer()), nullable(fc.maxSafeInteger()), (ints, longs) => {
        expect(read(int4Array(ints, self)).elements.map((element) => element && element.readInt32BE())).toEqual(ints);
        const big = longs.map((value) => (value === null ? null : BigInt(value)));
        for (const array of [int8Array(longs, self), int8Array(big, self)])
          expect(read(array).elements.map((element) => element && element.readBigInt64BE())).toEqual(big);
      }),
    );
  });

  it('holds whole numbers of any size', () => {
    fc.assert(
      fc.property(fc.array(anyAmount), (amounts) => {
        expect(read(numericArray(amounts, self)).elements.map((element) => element && numericOf(element))).toEqual(
          amounts,
        );
      }),
    );
    expect(read(numericArray([0n], self)).elements).toEqual([Buffer.from([0, 0, 0xff, 0xff, 0, 0, 0, 0])]);
  });

  it('may be empty, and begins at 1 where it is not', () => {
    expect(int4Array([], self)).toEqual(Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 23]));
    expect(int4Array([7], self).subarray(0, 20)).toEqual(
      Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 23, 0, 0, 0, 1, 0, 0, 0, 1]),
    );
  });

  it('holds instants in microseconds since 2000', () => {
    const { oid, elements } = read(timestampArray([new Date('2000-01-01T00:00:01.005Z')], self));
    expect(elements.map((element) => element && element.readBigInt64BE())).toEqual([1_005_000n]);
    expect(oid).toBe(1184);
  });
});
