import { timingSafeEqual } from 'node:crypto';
import { LIMITS } from '../limits.js';
import { hashKey, isWellFormedKey, keyDigest } from './key-format.js';
import type { FoundKey, KeyStore } from './key-store.js';
import type { Principal } from './principal.js';

const ADMINISTRATOR: Principal = { keyId: 'admin', organisation: null, scopes: ['admin'] };

interface Remembered {
  readonly found: FoundKey;
  readonly untilMs: number;
}

/**
 * Tells who a key belongs to. The administrator's key is compared in constant time, others are looked up by their
 * hash, and believed for `LIMITS.keyCacheMs`: a key revoked in another process works that much longer.
 */
export class Authenticator {
  readonly #adminHash: Buffer;
  /** By digest. */
  readonly #known = new Map<string, Remembered>();
  readonly #touchedAtMs = new Map<string, number>();

  constructor(
    adminKey: string,
    private readonly store: KeyStore,
    private readonly nowMs: () => number,
  ) {
    this.#adminHash = hashKey(adminKey);
  }

  /** Null for every kind of wrong key alike: unknown, expired, malformed. */
  async authenticate(key: string): Promise<Principal | null> {
    const digest = keyDigest(key);
    let found = this.#remembered(digest);
    if (found === undefined) {
      // What is remembered was compared before it was looked up.
      if (timingSafeEqual(Buffer.from(digest, 'base64'), this.#adminHash)) return ADMINISTRATOR;
      found = isWellFormedKey(key) ? await this.#lookUp(digest) : null;
    }
    const nowMs = this.nowMs();
    if (found === null || (found.validUntilMs !== null && found.validUntilMs <= nowMs)) return null;
    this.#touch(found.principal.keyId, nowMs);
    return found.principal;
  }

  /** Forgets what was believed: after a key was revoked or rotated here. */
  forget(): void {
    this.#known.clear();
  }

  #remembered(digest: string): FoundKey | null | undefined {
    const known = this.#known.get(digest);
    return known !== undefined && known.untilMs > this.nowMs() ? known.found : undefined;
  }

  async #lookUp(digest: string): Promise<FoundKey | null> {
    const found = await this.store.find(Buffer.from(digest, 'base64'));
    if (found === null) return null;
    if (this.#known.size >= LIMITS.keyCacheMax) this.#known.clear();
    this.#known.set(digest, { found, untilMs: this.nowMs() + LIMITS.keyCacheMs });
    return found;
  }

  #touch(keyId: string, nowMs: number): void {
    const touched = this.#touchedAtMs.get(keyId);
    if (touched !== undefined && nowMs - touched < LIMITS.keyLastUsedEveryMs) return;
    if (this.#touchedAtMs.size >= LIMITS.keyCacheMax) this.#touchedAtMs.clear();
    this.#touchedAtMs.set(keyId, nowMs);
    // Last use is information for people: a request does not wait for it, and does not fail with it.
    this.store.touch(keyId, nowMs).catch(() => this.#touchedAtMs.delete(keyId));
  }
}
