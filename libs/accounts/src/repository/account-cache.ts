import type { CachedAccount } from './cached-account.js';

/** Of the bytes that may be kept, those of states at hand; the others are compact. */
const AT_HAND_SHARE = 1 / 8;
const SPARE_SHARE = 1 / 128;
/** Larger states stay as they are: writing one and reading it again would hold everybody else up. */
const COMPACTED_BYTES_MAX = 256 * 1024;

/**
 * Accounts in memory, bounded by count and by estimated bytes. Those not used for the longest time are made compact
 * first, and let go of where that is not enough.
 */
export class AccountCache {
  /** The one not used for the longest time comes first, here as there. */
  readonly #accounts = new Map<string, CachedAccount>();
  /** Those whose state is at hand and may be made compact. */
  readonly #atHand = new Set<CachedAccount>();
  #bytes = 0;
  #atHandBytes = 0;

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

  /** Keeps the account, measures it again, and makes room for it while overfull. */
  keep(account: CachedAccount): void {
    if (this.#accounts.get(account.organisation) !== account) {
      this.drop(account.organisation);
      this.#use(account);
      account.onRestored = this.#countAtHand;
    }
    this.#countAtHand(account);
    if (this.isOverfull) this.#makeRoomFor(account);
  }

  drop(organisation: string): void {
    const account = this.#accounts.get(organisation);
    if (account === undefined) return;
    this.#accounts.delete(organisation);
    this.#atHand.delete(account);
    account.onRestored = undefined;
    this.#count(account, 0, 0);
  }

  /** Others become compact where too much is at hand. */
  readonly #countAtHand = (account: CachedAccount): void => {
    if (account.atHandBytes > COMPACTED_BYTES_MAX) {
      this.#atHand.delete(account);
      this.#count(account, account.bytes, 0);
      return;
    }
    this.#atHand.add(account);
    this.#count(account, account.bytes, account.atHandBytes);
    const bytesMax = this.limits.cachedBytesMax * AT_HAND_SHARE;
    if (this.#atHandBytes <= bytesMax) return;
    // Some more at once: finding the first ones costs as much as making one compact.
    for (const other of this.#atHand) {
      if (this.#atHandBytes <= bytesMax * (1 - SPARE_SHARE)) return;
      if (other !== account) this.#makeCompact(other);
    }
  };

  #makeCompact(account: CachedAccount): void {
    account.makeCompact();
    this.#atHand.delete(account);
    this.#count(account, account.bytes, 0);
  }

  #makeRoomFor(account: CachedAccount): void {
    this.#use(account);
    for (const [organisation, other] of this.#accounts) {
      if (!this.isOverfull || other === account) return;
      this.drop(organisation);
    }
  }

  #use(account: CachedAccount): void {
    this.#accounts.delete(account.organisation);
    this.#accounts.set(account.organisation, account);
    if (this.#atHand.delete(account)) this.#atHand.add(account);
  }

  #count(account: CachedAccount, bytes: number, atHandBytes: number): void {
    this.#bytes += bytes - account.countedBytes;
    this.#atHandBytes += atHandBytes - account.countedAtHandBytes;
    account.countedBytes = bytes;
    account.countedAtHandBytes = atHandBytes;
  }
}
