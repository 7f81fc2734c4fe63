import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readTagged, writeTagged } from './tagged-json.js';

describe('tagged JSON', () => {
  it('gives back every plain value as it was', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.bigInt(),
        fc.string({ unit: 'binary' }),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
        fc.array(tie('value'), { maxLength: 4 }).map((items) => new Set(items)),
        fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toJSON')), tie('value'), {
          maxKeys: 4,
        }),
      ),
    }));
    fc.assert(fc.property(value, (each) => expect(readTagged(writeTagged(each))).toEqual(each)));
  });

  it.each([
    ['an array that looks like a tag', ['n', '12']],
    ['an empty array', []],
    ['a map of arrays', new Map([[1, ['m', []]]])],
    ['negative and very large integers', [-(2n ** 200n), 0n]],
    ['a time before the epoch', { ledgerTimeMs: Number.MIN_SAFE_INTEGER }],
  ])('tells apart %s', (_name, value) => {
    expect(readTagged(writeTagged(value))).toEqual(value);
  });

  it('keeps __proto__ as a name like any other', () => {
    const read = readTagged('{"__proto__":"x"}') as object;
    expect(Object.keys(read)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });

  it.each(['[1]', '["n",1]', '["m",[1]]', '["x"]', '[]', '{', '["n","1.5"]'])('refuses %s', (text) => {
    expect(() => readTagged(text)).toThrow(SyntaxError);
  });

  it('refuses numbers that JSON would turn into null', () => {
    expect(() => writeTagged({ value: Number.NaN })).toThrow(TypeError);
  });
});
