import type { Period } from '../../time/index.js';
import type { EventBase } from './event-base.js';
import type { GrantTerms } from './ledger-entry.js';

export interface CreditsGranted extends EventBase {
  readonly type: 'CreditsGranted';
  readonly grant: GrantTerms;
}

/** What a package brings, as the catalog said when it was offered. */
export interface PackageTerms {
  readonly pool: string;
  readonly creditsNanos: bigint;
  readonly bonusNanos: bigint;
  /** Null: never. */
  readonly expires: Period | null;
  /** Null: for ever. */
  readonly refundWindow: Period | null;
}

export interface Purchase {
  readonly id: string;
  readonly package: string;
  readonly pool: string;
  readonly creditsNanos: bigint;
  readonly bonusNanos: bigint;
  readonly price: { readonly amountMinor: bigint; readonly currency: string };
  readonly paymentReference: string | null;
  readonly refundableUntilMs: number | null;
  /** `order`: asked for; `recharge`: bought by auto-recharge; `checkout`: paid through the processor. */
  readonly by: 'order' | 'recharge' | 'checkout';
}

export interface CreditsPurchased extends EventBase {
  readonly type: 'CreditsPurchased';
  readonly purchase: Purchase;
}

/** What a refund reversed: so much of a usage event, a run of draws or a purchase. */
export interface ReversalRecord {
  /** `event:<revision>/<line>`, `draw:<revision>/<run>` or `purchase:<id>`. */
  readonly of: string;
  readonly amountNanos: bigint;
  /** Of a run: the rate and cycle whose unreversed draws shrink by it. */
  readonly draw?: { readonly rate: string | null; readonly cycleStartMs: number; readonly grant: string | null };
}

export interface CreditsRefunded extends EventBase {
  readonly type: 'CreditsRefunded';
  readonly reversals: readonly ReversalRecord[];
}

export interface CreditsAdjusted extends EventBase {
  readonly type: 'CreditsAdjusted';
}

export interface GrantVoided extends EventBase {
  readonly type: 'GrantVoided';
  readonly grant: string;
}

export interface HoldPlaced extends EventBase {
  readonly type: 'HoldPlaced';
  readonly hold: string;
  readonly pool: string;
  readonly amountNanos: bigint;
  readonly expiresAtMs: number;
}
/** `settled`: the actual cost was charged (in `entries`); `released`; `expired` by itself. */
export interface HoldEnded extends EventBase {
  readonly type: 'HoldEnded';
  readonly hold: string;
  readonly how: 'settled' | 'released' | 'expired';
  readonly settledNanos: bigint | null;
}
