import { describe, expect, it } from '@jest/globals';
import { initialState } from '@app/metering';
import { AccountCache } from './account-cache.js';
import { CachedAccount } from './cached-account.js';

const LIMITS = { cachedAccountsMax: 1_000, cachedBytesMax: 1_000_000 };

function cacheOf(limits = LIMITS): { cache: AccountCache; put: (organisation: string) => CachedAccount } {
  const cache = new AccountCache(limits);
  const put = (organisation: string): CachedAccount => {
    const account = new CachedAccount(organisation);
    account.measure();
    cache.keep(account);
    return account;
  };
  return { cache, put };
}

const isCompact = (account: CachedAccount): boolean => account.atHandBytes === 0;

describe('AccountCache', () => {
  it('I10: makes accounts compact that were not used for the longest time, and keeps more of them for it', () => {
    const { cache, put } = cacheOf();
    const accounts = Array.from({ length: 200 }, (_, index) => put(`org-${index}`));
    const atHand = accounts.filter((account) => !isCompact(account));
    expect(cache.size).toBe(200);
    expect(cache.bytes).toBeLessThan(LIMITS.cachedBytesMax);
    expect(atHand.length).toBeGreaterThan(10);
    expect(atHand.length).toBeLessThan(60);
    expect(atHand).toEqual(accounts.slice(-atHand.length));
  });

  it('I10: lets go of compact ones where that is not enough', () => {
    const { cache, put } = cacheOf();
    for (let index = 0; index < 2_000; index += 1) put(`org-${index}`);
    expect(cache.size).toBeLessThan(1_000);
    expect(cache.bytes).toBeLessThanOrEqual(LIMITS.cachedBytesMax);
    expect(cache.get('org-0')).toBeUndefined();
    expect(cache.get('org-1999')).toBeDefined();
  });

  it('gives a compact account back as it was, at hand, with its use counted', () => {
    const { cache, put } = cacheOf();
    const first = put('org-0');
    first.state.offsets.set('usage.v1/0/3', 12n);
    for (let index = 1; index < 200; index += 1) put(`org-${index}`);
    expect(isCompact(first)).toBe(true);
    const before = cache.bytes;
    const state = initialState('org-0');
    state.offsets.set('usage.v1/0/3', 12n);
    expect(cache.get('org-0')?.state).toStrictEqual(state);
    expect(isCompact(first)).toBe(false);
    expect(first.state).toBe(cache.get('org-0')?.state);
    expect(cache.bytes).not.toBe(before);
  });

  it('I10: counts what is at hand when accounts are read that nobody keeps again', () => {
    const { cache, put } = cacheOf();
    const accounts = Array.from({ length: 200 }, (_, index) => put(`org-${index}`));
    for (const account of accounts) expect(account.state.wallet.organisation).toBe(account.organisation);
    expect(accounts.filter((account) => !isCompact(account)).length).toBeLessThan(60);
    for (const { organisation } of accounts) cache.drop(organisation);
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
  });

  it('leaves large accounts as they are, and the others at hand beside them', () => {
    const { cache, put } = cacheOf({ cachedAccountsMax: 1_000, cachedBytesMax: 10_000_000 });
    const large = put('large');
    for (let index = 0; index < 2_000; index += 1) large.state.offsets.set(`usage.v1/0/${index}`, 1n);
    large.moveTo(large.state, { revision: 20n, hash: large.hash, global: large.position });
    large.measure();
    cache.keep(large);
    const accounts = Array.from({ length: 100 }, (_, index) => put(`org-${index}`));
    expect(accounts.filter(isCompact)).toEqual([]);
    for (let index = 100; index < 1_000; index += 1) put(`org-${index}`);
    expect(accounts.every(isCompact)).toBe(true);
    expect(isCompact(large)).toBe(false);
  });

  it('leaves a decision under way the state that it has', () => {
    const { put } = cacheOf();
    const account = put('org-0');
    const draft = account.state;
    account.makeCompact();
    draft.offsets.set('usage.v1/0/3', 12n);
    account.moveTo(draft, { revision: 0n, hash: account.hash, global: account.position });
    expect(account.state).toBe(draft);
  });
});
