import type { GrantTerms } from '../account-events.js';

type Ordered = Pick<GrantTerms, 'priority' | 'expiresAtMs' | 'isPaid' | 'effectiveAtMs'> & {
  readonly sequence: number;
};

const NEVER = Number.POSITIVE_INFINITY;

/**
 * The drawing order of the semantics: priority ascending, then expiry ascending (never last), then plan and
 * promotional before paid, then the start, then the order of the stream.
 */
export function compareGrants(a: Ordered, b: Ordered): number {
  return (
    a.priority - b.priority ||
    compareExpiry(a.expiresAtMs ?? NEVER, b.expiresAtMs ?? NEVER) ||
    Number(a.isPaid) - Number(b.isPaid) ||
    a.effectiveAtMs - b.effectiveAtMs ||
    a.sequence - b.sequence
  );
}

const compareExpiry = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

/** Priorities where a grant states none: the plan's credits go first, then what expires, then what never does. */
export const DEFAULT_PRIORITY = { plan: 10, expiring: 20, lasting: 30 } as const;

/** The plan's credits go first, then what expires, then what never does. */
export const defaultPriority = (source: GrantTerms['source'], expiresAtMs: number | null): number => {
  if (source === 'plan') return DEFAULT_PRIORITY.plan;
  return expiresAtMs === null ? DEFAULT_PRIORITY.lasting : DEFAULT_PRIORITY.expiring;
};
