import { describe, expect, it } from '@jest/globals';
import { ACCOUNTS_LIMITS } from '@app/accounts';
import { batchLimitsFor } from './settings.js';

const MIB = 1024 * 1024;

describe('batchLimitsFor', () => {
  it.each([
    ['the default', ACCOUNTS_LIMITS.cachedBytesMax, 20_000, 8 * MIB, 7_645],
    ['more than enough', 64 * 1024 * MIB, 20_000, 8 * MIB, 10_000],
    ['a small container', 32 * MIB, 2_730, 4 * MIB, 546],
    ['the least that can be set', 16 * MIB, 1_365, 2 * MIB, 273],
  ])('F33, I10: %s', (_what, bytes, ...limits) => {
    const [batchRecordsMax, batchBytesMax, accountsAtOnceMax] = limits;
    expect(batchLimitsFor(bytes)).toEqual({ batchRecordsMax, batchBytesMax, accountsAtOnceMax });
  });
});
