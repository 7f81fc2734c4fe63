export type GrantSource = 'plan' | 'purchase' | 'bonus' | 'promotion' | 'refund' | 'adjustment' | 'rollover';

export interface Recurrence {
  readonly every: string;
  readonly nextAtMs: number;
  /** The instant the periods are counted from, so that month ends do not drift. */
  readonly anchorMs: number;
}

/** Credits given to a pool. `id` is unique within the account. */
export interface GrantTerms {
  readonly id: string;
  readonly pool: string;
  readonly source: GrantSource;
  readonly amountNanos: bigint;
  readonly priority: number;
  readonly effectiveAtMs: number;
  /** Exclusive; null is never. */
  readonly expiresAtMs: number | null;
  /** Paid for (purchases): drawn after plan and promotional credits, and never lost by a refund. */
  readonly isPaid: boolean;
  /** Part of the plan's included credits: ends with its cycle. */
  readonly isPlan: boolean;
  /** Kept at a cycle's end within these bounds; absent: untouched by cycles. */
  readonly rollover: { readonly minNanos: bigint | null; readonly maxNanos: bigint | null } | null;
  readonly recurrence: Recurrence | null;
  /** Of plan rollover: how many further cycles it may be carried; null does not apply. */
  readonly cyclesLeft: number | null;
  readonly purchase: string | null;
  /** Of a refund grant: the ended grant that the credits came from. */
  readonly refundOf?: string;
}

/**
 * One change of a pool. Its effect on the balance: grant/start/restore/refill/return/unowe/forgive +,
 * draw/overdraw/expire/take −, pay and schedule 0. Together they are the whole of I1.
 */
export type Movement =
  /** A grant that counts at once. */
  | { readonly kind: 'grant'; readonly grant: GrantTerms }
  /** A grant that only counts from its `effectiveAtMs`. */
  | { readonly kind: 'schedule'; readonly grant: GrantTerms }
  /** A scheduled grant begins to count. */
  | { readonly kind: 'start'; readonly grant: string; readonly amountNanos: bigint }
  | { readonly kind: 'draw'; readonly grant: string; readonly amountNanos: bigint }
  /** Usage that no grant covers, kept by cycle and rate (null where it is no usage). */
  | { readonly kind: 'overdraw'; readonly debt: DebtKey; readonly amountNanos: bigint }
  /** A grant pays overdraft. */
  | { readonly kind: 'pay'; readonly grant: string; readonly debt: DebtKey; readonly amountNanos: bigint }
  /** What is left of a grant ends; `reversibleNanos` of it may still be drawn by usage of the cycle from before its end. */
  | { readonly kind: 'expire'; readonly grant: string; readonly amountNanos: bigint; readonly reversibleNanos: bigint }
  /** Reverses that much of an expiry, for usage from before it. */
  | { readonly kind: 'restore'; readonly grant: string; readonly amountNanos: bigint }
  /** A recurring grant is filled up to its amount again. */
  | { readonly kind: 'refill'; readonly grant: string; readonly amountNanos: bigint }
  /** Credits go back to the grant that they were drawn from. */
  | {
      readonly kind: 'return';
      readonly grant: string;
      readonly amountNanos: bigint;
      /** Where the draw was overdraft that this grant has paid since. */
      readonly debt?: DebtKey;
    }
  /** Credits go back to overdraft that is not paid yet. */
  | { readonly kind: 'unowe'; readonly debt: DebtKey; readonly amountNanos: bigint }
  | { readonly kind: 'forgive'; readonly debt: DebtKey; readonly amountNanos: bigint }
  /** Taken out of a grant by a void or a refund of its purchase. */
  | { readonly kind: 'take'; readonly grant: string; readonly amountNanos: bigint };

/** Overdraft is kept per cycle and rate, oldest first. */
export interface DebtKey {
  readonly cycleStartMs: number;
  readonly rate: string | null;
}

export type LedgerEntryType =
  'purchase' | 'grant' | 'deduction' | 'refund' | 'adjustment' | 'expiry' | 'rollover' | 'reset' | 'void';

/** The figure of the cycle that an entry counts in. */
export type FigureName = 'granted' | 'refunded' | 'adjusted' | 'used' | 'expired';

/** One movement of credits as the ledger shows it. `amountNanos` is the effect on the balance. */
export interface LedgerEntry {
  readonly type: LedgerEntryType;
  readonly pool: string;
  readonly amountNanos: bigint;
  readonly cycleStartMs: number;
  readonly figure: FigureName;
  /** The rule or source behind it: `plan`, `bonus`, `recurrence`, `cycle-end`, `recharge`, … */
  readonly cause: string;
  readonly movements: readonly Movement[];
}
