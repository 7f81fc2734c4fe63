import { describe, expect, it } from '@jest/globals';
import { growthPercentOf } from './collect-early.js';

const MIB = 1024 * 1024;

describe('growthPercentOf', () => {
  it.each([
    ['little in use is left to V8', 60, 0],
    ['as much again, where that is little', 97, 99],
    ['less of what is more', 384, 25],
    ['never nothing, which would leave it to V8', 64 * 1024, 1],
  ])('%s', (_what, usedMib, percent) => {
    expect(growthPercentOf(usedMib * MIB)).toBe(percent);
  });
});
