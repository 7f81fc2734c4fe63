import type { CommandRecord, CrossingCause, GrantSource, PackageTerms, ThresholdRule } from '../account-events.js';
import type { Catalog } from '../../catalog/index.js';

/** What may be asked of an account. Amounts are nano-credits above zero, times Unix milliseconds. */
export type AccountCommand =
  | {
      readonly kind: 'OpenAccount';
      readonly plan: string;
      readonly anchorDay: number;
      /** Null: the start of the cycle that contains the command's time (of a sandbox: its clock). */
      readonly openedAtMs: number | null;
      /** A sandbox: its ledger time begins here and moves only by `MoveClock`. */
      readonly manualClockMs: number | null;
    }
  | {
      readonly kind: 'GrantCredits';
      readonly pool: string;
      readonly amountNanos: bigint;
      readonly source: Extract<
        GrantSource,
        'promotion' | 'bonus' | 'purchase' | 'adjustment' | 'plan' | 'refund' | 'rollover'
      >;
      readonly priority: number | null;
      readonly effectiveAtMs: number | null;
      readonly expiresAtMs: number | null;
      readonly recurrence: { readonly every: string; readonly anchorMs: number | null } | null;
      readonly rollover: { readonly minNanos: bigint | null; readonly maxNanos: bigint | null } | null;
    }
  | { readonly kind: 'VoidGrant'; readonly grant: string }
  | {
      readonly kind: 'PurchaseCredits';
      readonly package: string;
      /** Credits asked for of a volume package (nano-credits); null for a fixed one. */
      readonly quantityNanos: bigint | null;
      readonly paymentReference: string | null;
      readonly by: 'order' | 'checkout';
      /** Of a checkout: what was sold when it was made, whatever catalog and plan say by the time it is paid. */
      readonly quoted?: RecordedQuote;
    }
  | {
      readonly kind: 'RefundUsage';
      /** What is reversed, with the draws that its event recorded; found in the stream by whoever asks. */
      readonly of: RefundableUsage;
      /** Null: all that is not reversed yet. */
      readonly amountNanos: bigint | null;
    }
  | { readonly kind: 'RefundPurchase'; readonly purchase: string; readonly amountNanos: bigint | null }
  | { readonly kind: 'AdjustCredits'; readonly pool: string; readonly amountNanos: bigint }
  | { readonly kind: 'ChangePlan'; readonly plan: string; readonly at: 'now' | 'cycle-end' }
  | { readonly kind: 'PauseAccount' }
  | { readonly kind: 'ResumeAccount' }
  | { readonly kind: 'ResetCycle'; readonly negative: 'carry' | 'forgive' | null; readonly anchor: 'keep' | 'now' }
  | { readonly kind: 'SetNegativeLimit'; readonly pool: string; readonly limitNanos: bigint }
  | {
      readonly kind: 'PlaceHold';
      readonly id: string | null;
      readonly pool: string;
      readonly amountNanos: bigint;
      readonly expiresAtMs: number;
    }
  | { readonly kind: 'SettleHold'; readonly hold: string; readonly amountNanos: bigint }
  | { readonly kind: 'ReleaseHold'; readonly hold: string }
  | {
      readonly kind: 'SetRule';
      /** Without marks: the rule is removed. */
      readonly rule: ThresholdRule;
      /** What a budget counts already, and the start of the cycle in which that was used (the current one if absent). */
      readonly countedNanos: bigint;
      readonly countedCycleMs?: number;
    }
  | {
      readonly kind: 'SetAutoRecharge';
      readonly enabled: boolean;
      readonly package: string;
      readonly thresholdNanos: bigint;
      /** Null: the default of 50.00 in the package's currency. */
      readonly monthlyLimitMinor: bigint | null;
    }
  | { readonly kind: 'CompleteRecharge'; readonly purchase: string; readonly paymentReference: string }
  | { readonly kind: 'DeclineRecharge'; readonly purchase: string; readonly reason: string }
  | { readonly kind: 'PutRecord'; readonly record: string; readonly key: string; readonly value: string }
  | { readonly kind: 'MoveClock'; readonly toMs: number };

/** What a package brings and costs, as it was offered. */
export interface Quote extends PackageTerms {
  readonly price: { readonly amountMinor: bigint; readonly currency: string };
}

/** A quote as a checkout kept it: one that was made before all of the terms were kept takes the rest from the catalog. */
export type RecordedQuote = Partial<PackageTerms> & Pick<Quote, 'creditsNanos' | 'bonusNanos' | 'price'>;

/** Usage that a refund reverses: one usage event, or a whole ledger entry, as its stream recorded it. */
export interface RefundableUsage {
  /** Totals that reversals under these names must not pass: of a usage event, its own credits. */
  readonly limits: readonly { readonly key: string; readonly totalNanos: bigint }[];
  readonly draws: readonly RefundableDraw[];
}

/** One recorded run of draws, and how much of it belongs to what is refunded; in line order. */
export interface RefundableDraw {
  /** Names the run in `AccountState.reversals`. */
  readonly key: string;
  readonly totalNanos: bigint;
  readonly amountNanos: bigint;
  readonly pool: string;
  /** Null: overdraft. */
  readonly grant: string | null;
  readonly cycleStartMs: number;
  readonly rate: string | null;
  /** Whether charges of its rate may be negative and give it back. */
  readonly isReversible: boolean;
}

export interface CommandContext {
  readonly catalog: Catalog;
  /** The machine's clock: a command's own time. */
  readonly nowMs: number;
  readonly nextRevision: bigint;
  readonly route: string;
  readonly key: string | null;
  readonly requestHash: string;
  readonly actor: string | null;
  readonly reason: string | null;
}

/** Every way in which an account refuses a command: the closed list behind the 409s. */
export const REJECTIONS = [
  'NotFound',
  'AccountExists',
  'UnknownPlan',
  'UnknownPool',
  'UnknownPackage',
  'UnknownGrant',
  'UnknownHold',
  'UnknownPurchase',
  'PlanNotPaid',
  'InsufficientCredits',
  'BelowStartThreshold',
  'NotRefundable',
  'AlreadyRefunded',
  'RefundWindowPassed',
  'PaymentReferenceUsed',
  'QuantityOutOfRange',
  'InvalidTime',
  'HoldExists',
  'HoldEnded',
  'AccountPaused',
  'NoOpenRecharge',
  'ClockNotManual',
  'ClockGoesBack',
  'ClockStepTooLong',
  'TooManyGrants',
  'TooManyHolds',
  'TooManyRules',
  'IdempotencyKeyReused',
] as const;

export type RejectionCode = (typeof REJECTIONS)[number];

export interface Rejection {
  readonly code: RejectionCode;
  readonly detail: string;
}

/** The command's record for the first event that it leads to. */
export const commandRecord = (
  context: CommandContext,
  answer: Readonly<Record<string, string>> = {},
): CommandRecord => ({
  route: context.route,
  key: context.key,
  requestHash: context.requestHash,
  actor: context.actor,
  reason: context.reason,
  answer,
  receivedAtMs: context.nowMs,
});

export const byCommand = (context: CommandContext): CrossingCause => ({ kind: 'command', route: context.route });

export const COMMAND_LIMITS = {
  grantsMax: 10_000,
  holdsMax: 10_000,
  rulesMax: 200,
  /** A sandbox moves by at most this in one command. */
  clockStepMaxMs: 400 * 86_400_000,
  /** Default of auto-recharge: 50.00 in the package's currency. */
  rechargeLimitMinor: 5_000n,
  rechargeBackOffMs: 3_600_000,
} as const;
