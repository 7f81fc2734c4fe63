import type { PackageTerms } from './credit-events.js';
import type { EventBase } from './event-base.js';
import type { DimensionPairs } from './usage-charged.js';

export type ThresholdBasis = 'percent-used' | 'percent-left' | 'balance' | 'budget';

export interface ThresholdMark {
  /** Percent (10⁻⁹ percent) or nano-credits, as the basis says. */
  readonly valueNanos: bigint;
  readonly severity: string | null;
  readonly channels: readonly string[];
}

/** An alert (`basis` percent or balance) or a budget (`limitNanos`, `scope`). Replaces the rule of the same kind and name. */
export interface ThresholdRuleSet extends EventBase {
  readonly type: 'ThresholdRuleSet';
  readonly rule: ThresholdRule;
  /** A budget made within a cycle counts from the cycle's start: what had been used. */
  readonly countedNanos: bigint;
}
export interface ThresholdRule {
  readonly kind: 'alert' | 'budget';
  readonly name: string;
  readonly pool: string;
  readonly basis: ThresholdBasis;
  readonly limitNanos: bigint | null;
  readonly scope: DimensionPairs;
  readonly marks: readonly ThresholdMark[];
}
/** What crossed a threshold: a usage event, a command, or a due instant. */
export type CrossingCause =
  | { readonly kind: 'usage'; readonly source: string; readonly id: string; readonly offset: bigint }
  | { readonly kind: 'command'; readonly route: string }
  | { readonly kind: 'instant' };
export interface ThresholdReached extends EventBase {
  readonly type: 'ThresholdReached';
  readonly rule: { readonly kind: 'alert' | 'budget'; readonly name: string };
  readonly valueNanos: bigint;
  readonly figureNanos: bigint;
  readonly severity: string | null;
  readonly channels: readonly string[];
  readonly pool: string;
  readonly cycleStartMs: number;
  readonly by: CrossingCause;
  /** History crosses silently: it counts as reached and tells nobody. */
  readonly isSilent: boolean;
}

export interface AutoRechargeSet extends EventBase {
  readonly type: 'AutoRechargeSet';
  readonly settings: {
    readonly enabled: boolean;
    readonly package: string;
    readonly thresholdNanos: bigint;
    readonly monthlyLimitMinor: bigint;
  };
}
export interface RechargeRequested extends EventBase {
  readonly type: 'RechargeRequested';
  readonly purchase: string;
  readonly package: string;
  readonly price: { readonly amountMinor: bigint; readonly currency: string };
  /** What is paid for, and credited whatever the catalog says by then. Null where it was not recorded yet. */
  readonly terms: PackageTerms | null;
  readonly by: CrossingCause;
}
export interface RechargeDeclined extends EventBase {
  readonly type: 'RechargeDeclined';
  readonly purchase: string;
  readonly reason: string;
  readonly retryAfterMs: number;
}
