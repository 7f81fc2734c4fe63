import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '../limits.js';
import { threadsFor } from './choose-threads.js';

const ENOUGH = LIMITS.bytesOfThreadMin;

describe('threadsFor', () => {
  it.each<[string, number, number, number]>([
    ['nothing', 0, 8, 1],
    ['little', ENOUGH, 8, 1],
    ['enough for two', 2 * ENOUGH, 8, 2],
    ['enough for three', 3 * ENOUGH, 8, 2],
    ['enough for four', 4 * ENOUGH, 8, 4],
    ['more than four threads take', 100 * ENOUGH, 64, 4],
    ['much, on one core', 100 * ENOUGH, 1, 1],
    ['much, on three cores', 100 * ENOUGH, 3, 2],
  ])('%s', (_name, bytes, cores, threads) => {
    expect(threadsFor(bytes, cores)).toBe(threads);
  });
});
