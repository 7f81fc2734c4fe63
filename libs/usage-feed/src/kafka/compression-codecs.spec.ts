import { describe, expect, it } from '@jest/globals';
import { snappyBlocks } from './compression-codecs.js';

const HEADER = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00, 0, 0, 0, 1, 0, 0, 0, 1];
const blocks = (bytes: readonly number[]): number[][] => snappyBlocks(Buffer.from(bytes)).map((block) => [...block]);

describe('the blocks of a snappy batch', () => {
  it.each([
    ['raw', [3, 8, 97, 98, 99], [[3, 8, 97, 98, 99]]],
    ['raw, shorter than the magic', [0], [[0]]],
    ['framed, one block', [...HEADER, 0, 0, 0, 2, 7, 8], [[7, 8]]],
    ['framed, two blocks', [...HEADER, 0, 0, 0, 1, 7, 0, 0, 0, 2, 8, 9], [[7], [8, 9]]],
    ['framed, no block', HEADER, []],
  ])('%s', (_name, given, expected) => {
    expect(blocks(given)).toEqual(expected);
  });

  it.each([
    ['longer than the batch', [...HEADER, 0, 0, 0, 9, 7]],
    ['of negative length', [...HEADER, 255, 255, 255, 255, 7]],
    ['cut in its length', [...HEADER, 0, 0]],
  ])('refuses a block %s', (_name, given) => {
    expect(() => blocks(given)).toThrow(RangeError);
  });
});
