/**
 * What an account's stream consists of. Amounts are nano-credits (`…Nanos`), times Unix milliseconds (`…Ms`) in UTC.
 * An event records every choice that a rule made, so that no recompute depends on today's catalog.
 */

/** The records of one partition that an append decided, first and last offset inclusive. */
export interface FeedRange {
  readonly topic: string;
  /** Counted up when an operator accepts a recreated topic. */
  readonly generation: number;
  readonly partition: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** Who asked, with what key; on the first event of a command. */
export interface CommandRecord {
  /** Route of the command, e.g. `grants`: idempotency keys are per organisation and route. */
  readonly route: string;
  /** The caller's Idempotency-Key; null where none was sent. */
  readonly key: string | null;
  /** SHA-256 of the request, hex: same key and other body is refused. */
  readonly requestHash: string;
  /** `Creditfold-Actor`, else null. */
  readonly actor: string | null;
  readonly reason: string | null;
  /** What the answer carries beside the revision, e.g. the id of what was created. */
  readonly answer: Readonly<Record<string, string>>;
  /** The machine's clock when the command was taken. */
  readonly receivedAtMs: number;
}

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

export interface CycleBounds {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

interface EventBase {
  /** Ledger time after this event. */
  readonly atMs: number;
  readonly entries: readonly LedgerEntry[];
  readonly command?: CommandRecord;
}

/** `history`: moved by a backfill's records alone; `live`; `manual`: a sandbox. */
export type ClockKind = 'history' | 'live' | 'manual';

export interface AccountOpened extends EventBase {
  readonly type: 'AccountOpened';
  readonly organisation: string;
  readonly plan: string;
  readonly anchorDay: number;
  readonly openedAtMs: number;
  readonly clock: ClockKind;
  readonly cycle: CycleBounds;
  readonly catalogVersion: number;
  readonly negativeLimits: readonly { readonly pool: string; readonly limitNanos: bigint }[];
}

/** The account's live clock begins (first live record or command on an account that only history has touched). */
export interface LiveClockStarted extends EventBase {
  readonly type: 'LiveClockStarted';
}

/** What usage lines were rated by: one element a rate, version, cycle and outcome. */
export interface RateUse {
  readonly meter: string;
  readonly pool: string;
  /** Identity of the rate: meter, `where` and pool, stable across versions. */
  readonly rate: string;
  readonly rateCard: string;
  readonly effectiveFromMs: number;
  readonly plan: string;
  readonly cycle: CycleBounds;
  readonly outcome: 'charged' | 'late' | 'adjusted';
  /** True for meters whose quantity may shrink: their draws stay known so that they can be reversed. */
  readonly isReversible: boolean;
}

/** Sums by rate use, dimensions and hour of usage time: what projections read. */
export interface UsageGroup {
  /** Index into `uses`. */
  readonly use: number;
  /** Index into `dimensions`. */
  readonly dimensions: number;
  /** Hours since the epoch. */
  readonly hour: number;
  events: number;
  /** 10⁻⁹ units; rounded once per rate and cycle where a meter's quantity has more places. */
  quantityNanos: bigint;
  creditsNanos: bigint;
}

/** Where one run of lines of one use was drawn from, in line order. Negative amounts go back. */
export interface DrawRun {
  /** Index into `uses`. */
  readonly use: number;
  readonly from: 'grant' | 'expired' | 'overdraft' | 'refund';
  /** The grant drawn (`grant`, `expired`), or made (`refund`: what went back to a grant that has ended); null: overdraft. */
  readonly grant: string | null;
  /** True where a negative amount goes back to a grant that had paid this rate's overdraft. */
  readonly isRepaid?: boolean;
  amountNanos: bigint;
}

/** A grant pays overdraft with what went back to it. */
export interface DebtPayment {
  readonly pool: string;
  readonly grant: string;
  readonly debt: DebtKey;
  readonly amountNanos: bigint;
}

/** What meters that are no plain sums have to remember of an event. */
export interface MeterSample {
  /** Index into `uses`. */
  readonly use: number;
  /** Exact change of the cumulative quantity, in the meter's own units. */
  readonly deltaUnits: bigint;
  /** `unique`: the value. */
  readonly value?: string;
  /** `latest`, `time-weighted`: the point. */
  readonly point?: SeriesPoint;
  /** `latest`: only the newest point of a series is kept. */
  readonly isNewest?: boolean;
}

export interface SeriesPoint {
  /** Canonical text of the series' dimensions. */
  readonly series: string;
  readonly usageTimeMs: number;
  readonly timeMs: number;
  readonly source: string;
  readonly id: string;
  readonly valueUnits: bigint;
}

export interface EvidenceMeterLine {
  /** Index into `uses`. */
  readonly use: number;
  readonly quantityNanos: bigint;
  readonly creditsNanos: bigint;
  /** Of a negative charge: what could not go back. */
  readonly cutNanos?: bigint;
  /** Exact quantity in the meter's own units, where those are finer than 10⁻⁹. */
  readonly deltaUnits?: bigint;
  /** Field values (10⁻⁹) of a product, in the meter's order, then its factor. */
  readonly inputs?: readonly bigint[];
}

/** One usage event: what audits read. */
export interface EvidenceLine {
  readonly source: string;
  readonly id: string;
  /** 64-bit keyed hashes, as two unsigned 32-bit halves each. */
  readonly hash: IdentityHash;
  readonly timeMs: number;
  readonly usageTimeMs: number;
  readonly offset: bigint;
  readonly recordTimestampMs: number;
  /** Index into `dimensions`. */
  readonly dimensions: number;
  readonly lines: readonly EvidenceMeterLine[];
}

/**
 * Two 64-bit hashes keyed with a secret of the deployment: of the identity (organisation, source, id), and of identity
 * and content together. Equal in all 128 bits stands for "same event".
 */
export interface IdentityHash {
  readonly identityHigh: number;
  readonly identityLow: number;
  readonly contentHigh: number;
  readonly contentLow: number;
}

/** Dimensions of usage as name and value pairs in the catalog's order; absent ones are left out. */
export type DimensionPairs = readonly (readonly [name: string, value: string])[];

export interface UsageCharged {
  readonly type: 'UsageCharged';
  readonly atMs: number;
  /** Null only for what a cycle's end adds to gauges. */
  readonly feed: FeedRange | null;
  readonly catalogVersion: number;
  readonly uses: readonly RateUse[];
  readonly dimensions: readonly DimensionPairs[];
  readonly groups: readonly UsageGroup[];
  readonly draws: readonly DrawRun[];
  readonly samples: readonly MeterSample[];
  /** Terms of refund grants that `draws` made. */
  readonly refundGrants: readonly GrantTerms[];
  /** Overdraft paid by what negative charges gave back, after all draws. */
  readonly payments: readonly DebtPayment[];
  /** Days (since the epoch, of event time) that the evidence touches, ascending. */
  readonly days: readonly number[];
  readonly evidence: readonly EvidenceLine[];
}

export interface QuarantinedRecord {
  /** Stable id: topic, generation, partition and offset in one word. */
  readonly id: string;
  readonly reason: string;
  readonly detail: string;
  readonly offset: bigint;
  readonly recordTimestampMs: number;
  readonly source: string | null;
  readonly eventId: string | null;
  readonly timeMs: number | null;
  /** Of a conflict: keyed content hashes of the first event and of this one, 16 hex digits each. */
  readonly hashes: { readonly first: string; readonly second: string } | null;
  /** First 64 KiB of the value, base64. */
  readonly payload: string | null;
  readonly key: string | null;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface UsageQuarantined extends EventBase {
  readonly type: 'UsageQuarantined';
  readonly feed: FeedRange;
  readonly records: readonly QuarantinedRecord[];
}

/** Scheduled grants reached their time. */
export interface GrantsStarted extends EventBase {
  readonly type: 'GrantsStarted';
}

export interface GrantsExpired extends EventBase {
  readonly type: 'GrantsExpired';
}

/** Recurring grants were filled up to their amount again. */
export interface GrantsRefilled extends EventBase {
  readonly type: 'GrantsRefilled';
  readonly refills: readonly { readonly grant: string; readonly nextAtMs: number }[];
}

/** A cycle's end: expiry, rollover, overdraft carried or forgiven, then the new cycle's plan credits, in this order. */
export interface CycleEnded extends EventBase {
  readonly type: 'CycleEnded';
  readonly ended: CycleBounds;
  readonly next: CycleBounds;
  readonly plan: string;
  readonly catalogVersion: number;
  readonly negative: readonly {
    readonly pool: string;
    readonly choice: 'carried' | 'forgiven';
    readonly amountNanos: bigint;
  }[];
  /** Recurring grants whose instant is the end itself. */
  readonly refills: readonly { readonly grant: string; readonly nextAtMs: number }[];
  /** New negative limits, where the plan changes with the cycle. */
  readonly negativeLimits: readonly { readonly pool: string; readonly limitNanos: bigint }[];
  /** True when a command ended the cycle before its time. */
  readonly isReset: boolean;
  readonly anchorDay: number;
}

/** The cycle takes no more late usage; its figures never change again. */
export interface CycleClosed extends EventBase {
  readonly type: 'CycleClosed';
  readonly cycle: CycleBounds;
  /** The written feed mark (or the clock of a history or sandbox account) that had passed end + grace. */
  readonly markMs: number;
  readonly pools: readonly { readonly pool: string; readonly closingNanos: bigint }[];
}

export interface CreditsGranted extends EventBase {
  readonly type: 'CreditsGranted';
  readonly grant: GrantTerms;
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

export interface PlanChanged extends EventBase {
  readonly type: 'PlanChanged';
  readonly plan: string;
  readonly effective: 'now' | 'cycle-end';
  readonly catalogVersion: number;
  readonly negativeLimits: readonly { readonly pool: string; readonly limitNanos: bigint }[];
}

export interface AccountPaused extends EventBase {
  readonly type: 'AccountPaused';
}
export interface AccountResumed extends EventBase {
  readonly type: 'AccountResumed';
}

export interface NegativeLimitSet extends EventBase {
  readonly type: 'NegativeLimitSet';
  readonly pool: string;
  readonly limitNanos: bigint;
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
  readonly by: CrossingCause;
}
export interface RechargeDeclined extends EventBase {
  readonly type: 'RechargeDeclined';
  readonly purchase: string;
  readonly reason: string;
  readonly retryAfterMs: number;
}

/** A setting that no rule of the fold reads: channels, payment method, resources, dismissed banners. */
export interface AccountRecordPut extends EventBase {
  readonly type: 'AccountRecordPut';
  readonly record: string;
  readonly key: string;
  /** JSON text. */
  readonly value: string;
}

/** A sandbox's owner moved its clock. */
export interface ClockMoved extends EventBase {
  readonly type: 'ClockMoved';
}

export type AccountEvent =
  | AccountOpened
  | LiveClockStarted
  | UsageCharged
  | UsageQuarantined
  | GrantsStarted
  | GrantsExpired
  | GrantsRefilled
  | CycleEnded
  | CycleClosed
  | CreditsGranted
  | CreditsPurchased
  | CreditsRefunded
  | CreditsAdjusted
  | GrantVoided
  | PlanChanged
  | AccountPaused
  | AccountResumed
  | NegativeLimitSet
  | HoldPlaced
  | HoldEnded
  | ThresholdRuleSet
  | ThresholdReached
  | AutoRechargeSet
  | RechargeRequested
  | RechargeDeclined
  | AccountRecordPut
  | ClockMoved;

export type AccountEventType = AccountEvent['type'];
