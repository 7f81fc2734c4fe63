import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contentText } from '../testing/content-text.js';
import { decimalOfNumber, parseJsonExactly, PIECE, type JsonObject } from './index.js';

const outcomeOf = (input: string | Uint8Array): string => {
  const result = parseJsonExactly(input);
  return 'error' in result ? result.error : 'ok';
};

describe('parseJsonExactly', () => {
  it.each([
    ['0.1', 'ok'],
    ['1e3', 'ok'],
    ['1.0', 'ok'],
    ['-0', 'ok'],
    ['0e999999', 'ok'],
    ['9007199254740992', 'ok'],
    ['9007199254740993', 'InexactNumber'],
    ['1e400', 'InexactNumber'],
    ['1e-400', 'InexactNumber'],
    ['0.1000000000000000055', 'InexactNumber'],
    ['12345678.123456789', 'InexactNumber'],
    [`{"a":[1,{"b":${'9'.repeat(10_000)}}]}`, 'InexactNumber'],
    ['{"id":"9007199254740993","x":"a\\"1e400"}', 'ok'],
    ['{"id":"5e400","n":1}', 'ok'],
    ['{"a":-1e400}', 'InexactNumber'],
    ['', 'Unreadable'],
    ['{"a":1} x', 'Unreadable'],
    ['{"a":1,}', 'Unreadable'],
    ['// no\n{}', 'Unreadable'],
    ['NaN', 'Unreadable'],
    ['\uFEFF{}', 'Unreadable'],
    [`${'['.repeat(64)}${']'.repeat(64)}`, 'ok'],
    [`${'['.repeat(65)}${']'.repeat(65)}`, 'TooDeep'],
    [`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 'TooDeep'],
    [JSON.stringify({ text: '[{'.repeat(1000) }), 'ok'],
    [JSON.stringify(Array.from({ length: 200 }, () => ({}))), 'ok'],
  ])('%.40s is %s', (text, outcome) => {
    expect(outcomeOf(text)).toBe(outcome);
    expect(outcomeOf(new Uint8Array(Buffer.from(text)))).toBe(outcome);
  });

  it.each([[[0x22, 0xff, 0x22]], [[0x22, 0xed, 0xa0, 0x80, 0x22]], [[0x22, 0xc3]], [[]], [[0, 0, 0, 0, 1]]])(
    'bytes %j are unreadable',
    (bytes) => {
      expect(outcomeOf(new Uint8Array(bytes))).toBe('Unreadable');
    },
  );

  it.each([
    ['1e400', ''],
    ['[0,1e400]', '/1'],
    ['{"a":{"b":[1]},"c":["1e400",{},[],{"d":2,"e":1e400}]}', '/c/3/e'],
    ['{"a/b":1,"\\u0063~d":{"":-1e400}}', '/c~0d/'],
    ['[[1,2],{"x":3},9007199254740993]', '/2'],
  ])('says where the inexact number of %s stands', (text, pointer) => {
    expect(parseJsonExactly(text)).toMatchObject({ error: 'InexactNumber', pointer });
  });

  it('takes every double as JavaScript writes it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => outcomeOf(JSON.stringify([x])) === 'ok'),
    );
  });

  it('keeps the value beside an inexact number, and __proto__ as an own property', () => {
    expect(parseJsonExactly('{"subject":"acme","n":1e400}')).toMatchObject({ value: { subject: 'acme' } });
    const result = parseJsonExactly('{"__proto__":1}');
    expect('ok' in result && Object.keys(result.ok as JsonObject)).toEqual(['__proto__']);
  });
});

describe('tellContent', () => {
  const same: [JsonObject, JsonObject][] = [
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [{ a: 1200 }, { a: '1200.0' }],
    [{ a: '007' }, { a: 7 }],
    [{ a: null }, {}],
    [{ a: -0 }, { a: 0 }],
    [{ a: 1e21 }, { a: '1000000000000000000000' }],
    [{ a: 1e-7 }, { a: '0.0000001' }],
    [{ a: { z: 1, y: [1, '2'] } }, { a: { y: ['1', 2], z: 1, x: null } }],
  ];
  it.each(same)('%j equals %j', (one, other) => {
    expect(contentText('t', 1, one)).toBe(contentText('t', 1, other));
  });

  const different: [JsonObject, JsonObject][] = [
    [{ a: '1e3' }, { a: 1000 }],
    [{ a: 'true' }, { a: true }],
    [{ a: '' }, {}],
    [{ a: [null] }, { a: [] }],
    [{ a: 'é' }, { a: 'e\u0301' }],
    [{ a: '-1' }, { a: -1 }],
  ];
  it.each(different)('%j differs from %j', (one, other) => {
    expect(contentText('t', 1, one)).not.toBe(contentText('t', 1, other));
  });

  it('tells keys in the order of their code units, and whole numbers as such', () => {
    expect(JSON.parse(contentText('t', 5, { b: [true, {}], a: 0.5, ['__proto__x']: 1, c: null }))).toEqual([
      [PIECE.string, 't'],
      5,
      [PIECE.key, '__proto__x'],
      1,
      [PIECE.key, 'a'],
      [PIECE.decimal, '0.5'],
      [PIECE.key, 'b'],
      [PIECE.array],
      [PIECE.true],
      [PIECE.object],
      [PIECE.end],
      [PIECE.end],
      [PIECE.end],
    ]);
  });

  it('does not depend on the order of keys, for few keys and for many', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer()), { maxKeys: 40 }), (data) => {
        const permuted = Object.fromEntries(Object.entries(data).toReversed());
        expect(contentText('t', 0, permuted)).toBe(contentText('t', 0, data));
      }),
    );
  });

  it('writes doubles as decimals of the same value', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (x) => Number(decimalOfNumber(x)) === x && !decimalOfNumber(x).includes('e'),
      ),
    );
  });
});
