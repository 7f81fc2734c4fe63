import type { IdentityHash } from '../account/account-events.js';
import type { KnownIdentities } from '../account/usage/usage-record.js';
import { dayOf } from '../time/index.js';

const WINDOW_BEFORE_MS = 35 * 86_400_000;
const WINDOW_AFTER_MS = 86_400_000;

interface Charged {
  readonly hash: IdentityHash;
  readonly timeMs: number;
}

/** The identity rule of the semantics in its simplest form: a list. For tests of the fold alone. */
export class MemoryIdentities implements KnownIdentities {
  private readonly charged: Charged[] = [];

  find(hash: IdentityHash, timeMs: number, ledgerTimeMs: number): 'new' | 'duplicate' | { conflictWith: string } {
    const same = this.charged.filter(
      (c) => c.hash.identityHigh === hash.identityHigh && c.hash.identityLow === hash.identityLow,
    );
    if (same.some((c) => isSameContent(c.hash, hash) && c.timeMs === timeMs)) return 'duplicate';
    const isInWindow = (ms: number): boolean =>
      ms >= ledgerTimeMs - WINDOW_BEFORE_MS && ms <= ledgerTimeMs + WINDOW_AFTER_MS;
    const other = same.find((c) => dayOf(c.timeMs) === dayOf(timeMs) || (isInWindow(c.timeMs) && isInWindow(timeMs)));
    return other === undefined ? 'new' : { conflictWith: other.hash.contentLow.toString(16).padStart(16, '0') };
  }

  add(hash: IdentityHash, timeMs: number): void {
    this.charged.push({ hash, timeMs });
  }
}

const isSameContent = (a: IdentityHash, b: IdentityHash): boolean =>
  a.contentHigh === b.contentHigh && a.contentLow === b.contentLow;
