import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitJsonArray } from './split-json.js';

const split = (text: string): readonly string[] =>
  splitJsonArray(Buffer.from(text)).map((item) => Buffer.from(item).toString());

describe('splitJsonArray', () => {
  it.each([
    ['[]', []],
    [' [ 1 , "a,]" ] ', ['1', '"a,]"']],
    ['[[1,2],{"a":[3,{"b":"}\\""}]}]', ['[1,2]', '{"a":[3,{"b":"}\\""}]}']],
    ['[true,null,-1e5]', ['true', 'null', '-1e5']],
  ])('%s', (text, items) => {
    expect(split(text).map((item) => item.trim())).toEqual(items);
  });

  it('finds the items of any array', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ stringUnit: 'binary' })), fc.constantFrom(0, 1, 2), (items, indent) => {
        const parts = split(JSON.stringify(items, null, indent));
        expect(parts.map((part) => JSON.parse(part) as unknown)).toEqual(JSON.parse(JSON.stringify(items)));
      }),
    );
  });
});
