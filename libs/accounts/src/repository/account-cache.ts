import type { CachedAccount } from './cached-account.js';

/** Accounts in memory, least recently used first, bounded by count and by estimated bytes. */
export class AccountCache {
  readonly #accounts = new Map<string, CachedAccount>();
  readonly #counted = new Map<string, number>();
  #bytes = 0;

  constructor(private readonly limits: { readonly cachedAccountsMax: number; readonly cachedBytesMax: number }) {}

  get size(): number {
    return this.#accounts.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isOverfull(): boolean {
    return this.#accounts.size > this.limits.cachedAccountsMax || this.#bytes > this.limits.cachedBytesMax;
  }

  /** The account, which thereby becomes the most recently used. */
  get(organisation: string): CachedAccount | undefined {
    const account = this.#accounts.get(organisation);
    if (account === undefined) return undefined;
    this.#accounts.delete(organisation);
    this.#accounts.set(organisation, account);
    return account;
  }

  /** Keeps the account as the most recently used, measures it again, and lets go of others while the cache is overfull. */
  keep(account: CachedAccount): void {
    this.drop(account.organisation);
    this.#accounts.set(account.organisation, account);
    this.#counted.set(account.organisation, account.bytes);
    this.#bytes += account.bytes;
    for (const [organisation, other] of this.#accounts) {
      if (!this.isOverfull || other === account) return;
      this.drop(organisation);
    }
  }

  drop(organisation: string): void {
    this.#accounts.delete(organisation);
    this.#bytes -= this.#counted.get(organisation) ?? 0;
    this.#counted.delete(organisation);
  }
}
