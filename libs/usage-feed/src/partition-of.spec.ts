import { describe, expect, it } from '@jest/globals';
import { partitionOf } from './partition-of.js';

// A power of two so large that the result is the hash itself with its sign cleared.
const WHOLE = 2 ** 31;

describe('partitionOf', () => {
  // The vectors of Kafka's own UtilsTest.testMurmur2.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Kafka does', (key, hash) => {
    expect(partitionOf(Buffer.from(key), WHOLE)).toBe(hash & 0x7fffffff);
  });

  it('does not depend on where the bytes lie in their buffer', () => {
    const key = Buffer.from('xxfoobar').subarray(2);
    expect(partitionOf(key, 12)).toBe(partitionOf(Buffer.from('foobar'), 12));
  });
});
