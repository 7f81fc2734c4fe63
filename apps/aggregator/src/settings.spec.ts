import { describe, expect, it } from '@jest/globals';
import { ACCOUNTS_LIMITS } from '@app/accounts';
import { AGGREGATOR_SETTINGS, batchRecordsFor } from './settings.js';

const MIB = 1024 * 1024;

describe('batchRecordsFor', () => {
  it.each([
    ['the default', ACCOUNTS_LIMITS.cachedBytesMax, 8_738],
    ['more than enough', 64 * 1024 * MIB, AGGREGATOR_SETTINGS.batchRecordsMax],
    ['a small container', 32 * MIB, 546],
    ['the least that can be set', 16 * MIB, 273],
  ])('F33, I10: %s', (_what, bytes, records) => {
    expect(batchRecordsFor(bytes)).toBe(records);
  });
});
