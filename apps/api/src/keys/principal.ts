/** What a key may do. `admin` includes the others. */
export const SCOPES = ['ingest', 'read', 'write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is asking: a key, bound to one organisation or (null) to the operator. */
export interface Principal {
  readonly keyId: string;
  readonly organisation: string | null;
  readonly scopes: readonly Scope[];
}

/** For routes that need no key. */
export const ANONYMOUS: Principal = { keyId: 'anonymous', organisation: null, scopes: [] };

export const hasScope = (principal: Principal, scope: Scope): boolean =>
  principal.scopes.includes(scope) || (principal.organisation === null && principal.scopes.includes('admin'));
