import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  divideHalfEven,
  formatCredits,
  formatMoney,
  parseCredits,
  parseMoney,
  parseQuantity,
  parseSignedCredits,
} from './index.js';

describe('decimals', () => {
  it.each([
    ['90', 90_000_000_000n],
    ['0.00005', 50_000n],
    ['007', 7_000_000_000n],
    ['1.000000001', 1_000_000_001n],
    ['9'.repeat(30), BigInt('9'.repeat(30)) * 1_000_000_000n],
    ['9'.repeat(31), undefined],
    ['0.0000000001', undefined],
    ['', undefined],
    ['1e3', undefined],
    ['+5', undefined],
    ['-5', undefined],
    [' 5', undefined],
    ['5\n', undefined],
    ['5,0', undefined],
    ['.5', undefined],
    ['5.', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['٣', undefined],
    ['1'.repeat(10_000), undefined],
  ])('%.40s', (text, nanos) => {
    expect(parseQuantity(text)).toBe(nanos);
    expect(parseCredits(text)).toBe(nanos);
  });

  it('adjustments have a sign', () => {
    expect(parseSignedCredits('-12.5')).toBe(-12_500_000_000n);
    expect(parseSignedCredits('--1')).toBeUndefined();
  });

  it('parse(format(x)) = x, in the shortest text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), (nanos) => {
        const text = formatCredits(nanos);
        expect(parseSignedCredits(text)).toBe(nanos);
        expect(text).not.toMatch(/\..*0$|\.$/);
      }),
    );
  });
});

describe('divideHalfEven', () => {
  it.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [1n, 3n, 0n],
    [2n, 3n, 1n],
    [-2n, 3n, -1n],
    [0n, 7n, 0n],
  ])('%s / %s = %s', (numerator, denominator, rounded) => {
    expect(divideHalfEven(numerator, denominator)).toBe(rounded);
  });

  it('is the nearest integer, the even one of two', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n, max: 10n ** 20n }), (numerator, denominator) => {
        const rounded = divideHalfEven(numerator, denominator);
        const distance = 2n * (rounded * denominator - numerator);
        const size = distance < 0n ? -distance : distance;
        expect(size < denominator || (size === denominator && rounded % 2n === 0n)).toBe(true);
      }),
    );
    expect(() => divideHalfEven(1n, 0n)).toThrow(RangeError);
  });
});

describe('money', () => {
  it.each([
    ['49.00', 'USD', 4900n, '49.00'],
    ['10', 'EUR', 1000n, '10.00'],
    ['49', 'JPY', 49n, '49'],
    ['1.234', 'KWD', 1234n, '1.234'],
    ['1.005', 'USD', undefined, ''],
    ['1.5', 'JPY', undefined, ''],
  ])('%s %s', (amount, currency, minor, text) => {
    const money = parseMoney(amount, currency);
    expect(money?.amountMinor).toBe(minor);
    expect(money === undefined ? '' : formatMoney(money)).toBe(text);
  });
});
