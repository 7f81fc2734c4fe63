import { describe, expect, it } from '@jest/globals';
import { tellContent, type JsonObject } from '@app/metering';
import fc from 'fast-check';
import { contentHex, IdentityHasher } from './identity-hasher.js';

const SECRET = Uint8Array.from({ length: 32 }, (_, index) => index);
const hasher = new IdentityHasher(SECRET);

type Tuple = readonly [organisation: string, source: string, id: string, note: string];
const hashWith = (by: IdentityHasher, [organisation, source, id, note]: Tuple) =>
  by.hash(organisation, { source, id, type: 'noted', timeMs: 1_700_000_000_000, data: { note } });
const identityOf = (tuple: Tuple): string => {
  const { identityHigh, identityLow } = hashWith(hasher, tuple);
  return `${identityHigh}:${identityLow}`;
};
const contentOf = (tuple: Tuple): string => contentHex(hashWith(hasher, tuple));

/** The pieces of a content as a text. */
function contentText(content: Parameters<typeof tellContent>[1]): string {
  const pieces: unknown[] = [];
  tellContent(
    {
      mark: (kind) => pieces.push([kind]),
      integer: (value) => pieces.push(value),
      text: (kind, value) => pieces.push([kind, value]),
    },
    content,
  );
  return JSON.stringify(pieces);
}

describe('IdentityHasher', () => {
  it.each<readonly [string, Tuple, Tuple]>([
    ['a boundary moved', ['a', 'bc', 'd', ''], ['ab', 'c', 'd', '']],
    ['an empty part', ['a', '', 'b', ''], ['a', 'b', '', '']],
    ['zero characters as padding', ['a', 's', 'x', ''], ['a', 's', 'x\0', '']],
    ['two bytes as one wide unit', ['a', 's', 'ab', ''], ['a', 's', '\u6261', '']],
    ['a lone surrogate and its replacement', ['a', 's', '\ud800', ''], ['a', 's', '\ufffd', '']],
    ['composed and decomposed letters', ['a', 's', 'é', ''], ['a', 's', 'e\u0301', '']],
    ['case', ['a', 's', 'ID', ''], ['a', 's', 'id', '']],
    ['a header written as text', ['\u0001\0\0\0', 's', 'x', ''], ['\u0001', 's', 'x', '']],
    ['units of 255 and 256', ['a', 's', '\u00ff', ''], ['a', 's', '\u0100', '']],
  ])('tells tuples apart: %s', (_name, one, other) => {
    expect(identityOf(one)).not.toBe(identityOf(other));
  });

  it('takes content into the second hash alone, and identity into both', () => {
    const one: Tuple = ['acme', 'gateway', 'e-1', 'n1'];
    const changed: Tuple = ['acme', 'gateway', 'e-1', 'n2'];
    const other: Tuple = ['acme', 'gateway', 'e-2', 'n1'];
    expect(identityOf(one)).toBe(identityOf(changed));
    expect(contentOf(one)).not.toBe(contentOf(changed));
    expect(contentOf(one)).not.toBe(contentOf(other));
  });

  it('depends on the secret', () => {
    const other = new IdentityHasher(new Uint8Array(32));
    expect(hashWith(other, ['a', 'b', 'c', 'd'])).not.toEqual(hashWith(hasher, ['a', 'b', 'c', 'd']));
  });

  it('hashes an identity alone as with any content', () => {
    const { identityHigh, identityLow } = hashWith(hasher, ['a', 'b', 'c', 'd']);
    expect(hasher.identityOf('a', 'b', 'c')).toEqual({ identityHigh, identityLow });
  });

  it('hashes what evidence tells of a charged event as it hashed the event', () => {
    const { contentHigh, contentLow, ...identity } = hashWith(hasher, ['a', 'b', 'c', 'd']);
    const contentHash = { contentHigh, contentLow };
    expect(hasher.hashOfCharged('a', { source: 'b', id: 'c', contentHash })).toEqual({ ...identity, ...contentHash });
  });

  it('gives contents one hash exactly where they are equal, whatever they hold', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const data = fc.dictionary(
      fc.string({ maxLength: 3 }),
      fc.oneof(value, fc.nat({ max: 9 }), fc.nat({ max: 9 }).map(String)),
    );
    const other = fc.option(fc.tuple(data, fc.integer()), { nil: undefined });
    fc.assert(
      fc.property(data, other, (one, changed) => {
        const [twoData, timeMs] = changed ?? [Object.fromEntries(Object.entries(one).toReversed()), 7];
        const events = [
          { type: 't', timeMs: 7, data: one as JsonObject },
          { type: 't', timeMs, data: twoData as JsonObject },
        ];
        const [first, second] = events.map((event) => contentHex(hasher.hash('o', { source: 's', id: 'i', ...event })));
        const [text, otherText] = events.map(contentText);
        expect(first === second).toBe(text === otherText);
      }),
      { numRuns: 1_000 },
    );
  });

  it('says the same whatever was hashed before, also across a growing buffer', () => {
    const text = fc.string({ unit: 'binary', maxLength: 3000 });
    fc.assert(
      fc.property(fc.tuple(text, text, text, text), (tuple) => {
        expect(hashWith(hasher, tuple)).toEqual(hashWith(new IdentityHasher(SECRET), tuple));
      }),
      { numRuns: 50 },
    );
  });

  it('gives unsigned halves, and sixteen hex digits', () => {
    expect(contentHex({ contentHigh: 1, contentLow: 0xffffffff })).toBe('00000001ffffffff');
    const hash = hashWith(hasher, ['a', 'b', 'c', 'd']);
    for (const half of Object.values(hash)) expect(half).toBeGreaterThanOrEqual(0);
  });

  it('refuses a secret of another length', () => {
    expect(() => new IdentityHasher(new Uint8Array(16))).toThrow(RangeError);
  });
});
