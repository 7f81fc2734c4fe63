import type { CycleBounds, FeedRange } from './event-base.js';
import type { DebtKey, GrantTerms } from './ledger-entry.js';

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
  /** True where a cost may shrink (gauges, volume prices): the draws stay known so that they can be reversed. */
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
  /** Meter lines: an event that several meters measure counts in the group of each. What accrues counts none. */
  events: number;
  /** Usage events whose first meter line is in this group: over all groups, each usage event once. */
  firstEvents: number;
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
  readonly contentHash: ContentHash;
  readonly timeMs: number;
  readonly usageTimeMs: number;
  readonly offset: bigint;
  readonly recordTimestampMs: number;
  /** Index into `dimensions`. */
  readonly dimensions: number;
  readonly lines: readonly EvidenceMeterLine[];
}

/** A 64-bit hash of identity and content, keyed with a secret of the deployment, as two unsigned 32-bit halves. */
export interface ContentHash {
  readonly contentHigh: number;
  readonly contentLow: number;
}

/**
 * With it, one of the identity alone (organisation, source, id), which evidence tells without a hash. Equal in all 128
 * bits stands for "same event".
 */
export interface IdentityHash extends ContentHash {
  readonly identityHigh: number;
  readonly identityLow: number;
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
