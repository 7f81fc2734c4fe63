import { describe, expect, it } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { initialState } from '@app/metering';
import { CompactText } from './compact-text.js';

describe('compact text', () => {
  it('gives back every plain value as it was, properties and entries in their order', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.bigInt(),
        fc.string({ unit: 'binary' }),
        fc.string().map((text) => `~${text}`),
        fc.double(),
        fc.boolean(),
        fc.constantFrom(null, undefined),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
        fc.array(tie('value'), { maxLength: 4 }).map((items) => new Set(items)),
        fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toJSON')), tie('value'), {
          maxKeys: 4,
          noNullPrototype: true,
        }),
      ),
    }));
    const compact = new CompactText();
    fc.assert(
      fc.property(value, (each) => {
        const text = compact.write(each);
        expect(isDeepStrictEqual(compact.read(text), each)).toBe(true);
        // What is equal and in another order is written in another order.
        expect(compact.write(compact.read(text))).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives back properties of more kinds than it keeps names of', () => {
    const kinds = Array.from({ length: 3_000 }, (_, index) => ({ [`only-${index}`]: index, second: 'x' }));
    const compact = new CompactText();
    expect(kinds.map((kind) => compact.read(compact.write(kind)))).toStrictEqual(kinds);
  });

  it('writes the names of an account’s properties once for all accounts', () => {
    const compact = new CompactText();
    compact.write(initialState('one'));
    expect(compact.write(initialState('another'))).not.toContain('wallet');
  });

  it('refuses what is no plain value', () => {
    expect(() => new CompactText().write({ value: () => 1 })).toThrow(TypeError);
  });
});
