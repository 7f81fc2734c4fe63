import { describe, expect, it } from '@jest/globals';
import { ALL_STREAMS, halvesOf, isInShare, type Share } from './share.js';

describe('a share of the streams', () => {
  it('splits into halves that hold every stream once, about as many each', () => {
    const names = Array.from({ length: 1_000 }, (_, n) => `account-org-${n}`);
    let shares: readonly Share[] = [ALL_STREAMS];
    for (let depth = 0; depth < 3; depth += 1) shares = shares.flatMap((share) => halvesOf(share));
    for (const name of names) expect(shares.filter((share) => isInShare(name, share))).toHaveLength(1);
    for (const share of shares) expect(names.filter((name) => isInShare(name, share)).length).toBeGreaterThan(80);
  });
});
