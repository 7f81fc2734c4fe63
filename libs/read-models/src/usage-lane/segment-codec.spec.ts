import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeSegment, encodeSegment } from './segment-codec.js';
import { anyRow, rowsOf, segmentOf } from './testing/any-segment.js';

describe('the segment codec', () => {
  it('gives back every row that it was given, in order, deflated or not', () => {
    fc.assert(
      fc.property(fc.array(anyRow), fc.boolean(), (rows, isDeflated) => {
        expect(rowsOf(decodeSegment(encodeSegment(segmentOf(rows), isDeflated)))).toEqual(rows);
      }),
    );
  });

  it('refuses bytes that are cut off or follow each other', () => {
    const [row] = fc.sample(anyRow, { numRuns: 1, seed: 7 });
    if (row === undefined) throw new Error('no row');
    const data = encodeSegment(segmentOf([row, { ...row, quantityNanos: 2n ** 70n }]), false);
    for (let length = 0; length < data.length; length++)
      expect(() => decodeSegment(data.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'CorruptReadModel' }),
      );
    expect(() => decodeSegment(Buffer.concat([data, Buffer.of(0)]))).toThrow('left over');
  });
});
