import { describe, expect, it } from '@jest/globals';
import { keyHash } from './key-hash.js';

describe('keyHash', () => {
  // Kafka's own test vectors of murmur2, signs cleared.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('%s', (key, hash) => {
    expect(keyHash(key)).toBe(hash & 0x7f_ff_ff_ff);
  });
});
