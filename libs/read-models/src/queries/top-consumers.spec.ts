import { describe, expect, it } from '@jest/globals';
import { ratio } from './top-consumers.js';

describe('ratio', () => {
  it.each([
    [5564n, 12_905n, '0.4312'],
    [1n, 1n, '1.0000'],
    [-448n, 6012n, '-0.0745'],
    [1n, 20_000n, '0.0000'],
    [3n, 20_000n, '0.0002'],
    [-1n, -4n, '0.2500'],
    [12n, 1n, '12.0000'],
    [0n, 5n, '0.0000'],
    [5n, 0n, null],
  ])('%s / %s = %s', (numerator, denominator, text) => {
    expect(ratio(numerator, denominator)).toBe(text);
  });
});
