import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FeedRecord } from '../usage-feed.js';
import { RecordBuffer } from './record-buffer.js';

const recordOf = (offset: number, bytes: number): FeedRecord => ({
  offset: BigInt(offset),
  timestampMs: 0,
  key: null,
  value: Buffer.alloc(bytes),
  headers: {},
});

describe('the buffer of fetched records', () => {
  it('gives back everything, in order, within the limits, and knows what it holds (I10)', () => {
    const limits = fc.record({
      recordsMax: fc.integer({ min: 1, max: 5 }),
      bytesMax: fc.integer({ min: 1, max: 300 }),
    });
    fc.assert(
      fc.property(fc.array(fc.nat(200), { maxLength: 40 }), fc.array(limits, { minLength: 1 }), (sizes, turns) => {
        const buffer = new RecordBuffer();
        for (const [offset, bytes] of sizes.entries()) buffer.push(recordOf(offset, bytes));
        const given: FeedRecord[] = [];
        for (let turn = 0; !buffer.isEmpty; turn++) {
          const { recordsMax, bytesMax } = turns[turn % turns.length] ?? { recordsMax: 1, bytesMax: 1 };
          const taken = buffer.take({ recordsMax, bytesMax });
          const bytes = taken.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
          expect(taken.length).toBeGreaterThan(0);
          expect(taken.length).toBeLessThanOrEqual(recordsMax);
          expect(taken.length === 1 || bytes <= bytesMax).toBe(true);
          given.push(...taken);
          const rest = sizes.slice(given.length).reduce((sum, size) => sum + size, 0);
          expect(buffer.bytes).toBe(rest);
        }
        expect(given.map(({ offset }) => Number(offset))).toEqual([...sizes.keys()]);
      }),
    );
  });
});
