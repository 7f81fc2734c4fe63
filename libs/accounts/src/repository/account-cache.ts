import type { CachedAccount } from './cached-account.js';

/** Accounts in memory, least recently used first, bounded by count and by estimated bytes. */
export class AccountCache {
  readonly #accounts = new Map<string, CachedAccount>();
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
    if (account !== undefined) this.#use(account);
    return account;
  }

  /** Keeps the account, measures it again, and lets go of others, the least recently used first, while overfull. */
  keep(account: CachedAccount): void {
    if (this.#accounts.get(account.organisation) !== account) {
      this.drop(account.organisation);
      this.#use(account);
    }
    this.#bytes += account.bytes - account.countedBytes;
    account.countedBytes = account.bytes;
    if (this.isOverfull) this.#makeRoomFor(account);
  }

  #makeRoomFor(account: CachedAccount): void {
    this.#use(account);
    for (const [organisation, other] of this.#accounts) {
      if (!this.isOverfull || other === account) return;
      this.drop(organisation);
    }
  }

  drop(organisation: string): void {
    const account = this.#accounts.get(organisation);
    if (account === undefined) return;
    this.#accounts.delete(organisation);
    this.#bytes -= account.countedBytes;
    account.countedBytes = 0;
  }

  /** The map's order is that of use. */
  #use(account: CachedAccount): void {
    this.#accounts.delete(account.organisation);
    this.#accounts.set(account.organisation, account);
  }
}
