import { describe, expect, it } from '@jest/globals';
import { hashKey, isWellFormedKey, newKeySecret } from './key-format.js';

describe('keys', () => {
  it('are prefixed, checked and never equal', () => {
    const keys = Array.from({ length: 100 }, newKeySecret);
    expect(new Set(keys).size).toBe(100);
    for (const key of keys) {
      expect(key).toMatch(/^cf_[0-9a-f]{56}$/);
      expect(isWellFormedKey(key)).toBe(true);
    }
  });

  it('are refused when a character differs', () => {
    const key = newKeySecret();
    for (let i = 0; i < key.length; i++) {
      const other = key[i] === '0' ? '1' : '0';
      expect(isWellFormedKey(key.slice(0, i) + other + key.slice(i + 1))).toBe(false);
    }
  });

  it.each(['', 'cf_', 'cf_0', `cf_${'0'.repeat(56)}`, `${newKeySecret()} `, newKeySecret().toUpperCase()])(
    '%j is none',
    (key) => {
      expect(isWellFormedKey(key)).toBe(false);
    },
  );

  it('are stored as SHA-256', () => {
    expect(hashKey('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
