import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { prefetchShare } from './prefetch-budget.js';

const LIMITS = { totalBytes: 1_200, partitionBytes: { min: 50, max: 500 } };
const FETCH_BYTES = 100;

describe('prefetchShare', () => {
  it.each([
    ['nobody holds anything', [0, 0, 0], 500],
    ['one alone may hold no more than its maximum', [400, 0, 0], 500],
    ['those that hold something share, others leave their part to them', [100, 100, 100, 0, 0], 400],
    ['the total is reached', [500, 500, 200], 50],
    ['there are very many', Array.from({ length: 30 }, () => 20), 50],
  ])('%s', (_name, held, share) => {
    expect(prefetchShare(held, LIMITS)).toBe(share);
  });

  it('holds at most the total, and a fetch of each partition, in whatever order they fetch (I10)', () => {
    const fetches = fc.array(fc.nat(19), { maxLength: 400 });
    fc.assert(
      fc.property(fetches, (partitions) => {
        const held = Array.from({ length: 20 }, () => 0);
        const paused = new Set<number>();
        for (const partition of partitions) {
          if (paused.has(partition)) continue;
          const bytes = (held[partition] ?? 0) + FETCH_BYTES;
          held[partition] = bytes;
          if (bytes >= prefetchShare(held, LIMITS)) paused.add(partition);
        }
        const sum = held.reduce((all, bytes) => all + bytes, 0);
        expect(sum).toBeLessThanOrEqual(LIMITS.totalBytes + held.length * FETCH_BYTES);
      }),
    );
  });
});
