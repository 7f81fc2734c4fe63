import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromStored, toStored } from './stored-text.js';

describe('stored texts', () => {
  it('come back as they were, and hold no U+0000', () => {
    const text = fc.string({ unit: fc.constantFrom('\0', '\uFDD0', '\uFDD1', '\uFDD2', 'a', '💳') });
    fc.assert(
      fc.property(text, (original) => {
        const stored = toStored(original);
        expect(stored.includes('\0')).toBe(false);
        expect(fromStored(stored)).toBe(original);
      }),
    );
  });

  it('replaces what UTF-8 cannot hold', () => {
    expect(toStored('a\ud800b')).toBe('a\uFFFDb');
  });
});
