import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { IdentitySet } from './identity-set.js';

const half = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom(2 ** 31, 2 ** 32 - 1));
const identities = fc.array(fc.tuple(half, half, fc.integer({ min: -2, max: 2 })), { maxLength: 200 });

describe('IdentitySet', () => {
  it('knows on which days an identity was charged before (I2)', () => {
    fc.assert(
      fc.property(identities, (all) => {
        const set = new IdentitySet();
        const known = new Map<string, number[]>();
        for (const [identityHigh, identityLow, day] of all) {
          const days = known.get(`${identityHigh}/${identityLow}`) ?? [];
          const found = set.add({ identityHigh, identityLow }, day);
          expect([...(found ?? [])].toSorted((a, b) => a - b)).toEqual(days.toSorted((a, b) => a - b));
          known.set(`${identityHigh}/${identityLow}`, [...days, day]);
        }
        expect(set.size).toBe(all.length);
      }),
    );
  });
});
