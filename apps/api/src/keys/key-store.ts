import type { Principal, Scope } from './principal.js';

/** A key as it is listed: never its secret. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly organisation: string | null;
  readonly scopes: readonly Scope[];
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
  readonly lastUsedAtMs: number | null;
}

/** A key that was found by its hash, and until when this secret of it works (null: for ever). */
export interface FoundKey {
  readonly principal: Principal;
  readonly validUntilMs: number | null;
}

/** Where keys are kept. Secrets come in as SHA-256 only. */
export interface KeyStore {
  insert(key: Omit<ApiKey, 'lastUsedAtMs'>, secretHash: Buffer): Promise<void>;
  find(secretHash: Buffer): Promise<FoundKey | null>;
  /** Newest first, after the key `afterId`. */
  list(options: { readonly limit: number; readonly afterId: string | null }): Promise<readonly ApiKey[]>;
  /** False when there is no such key. */
  remove(id: string): Promise<boolean>;
  /** Adds a secret; the older ones work until `oldUntilMs`. False when there is no such key. */
  rotate(
    id: string,
    rotation: { readonly secretHash: Buffer; readonly nowMs: number; readonly oldUntilMs: number },
  ): Promise<boolean>;
  touch(id: string, atMs: number): Promise<void>;
}
