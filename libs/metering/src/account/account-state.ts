import type {
  ClockKind,
  CrossingCause,
  CycleBounds,
  DebtKey,
  GrantTerms,
  PackageTerms,
  SeriesPoint,
  ThresholdRule,
} from './account-events.js';

/** A grant that counts: `remainingNanos` is what no draw, expiry or void has taken. */
export interface Grant extends GrantTerms {
  remainingNanos: bigint;
  /** Order of the grants of one account: stream order, the last key of the drawing order. */
  readonly sequence: number;
}

/** A grant that has ended: what reversals need to know of it. */
export interface EndedGrant {
  readonly terms: GrantTerms;
  readonly endedAtMs: number;
  /** Start of the cycle that its expiry belongs to. */
  readonly cycleStartMs: number;
  /** What expired and later usage of that cycle may still draw. */
  reversibleNanos: bigint;
}

/** Overdraft of one cycle and rate, and who has paid how much of it. */
export interface Debt extends DebtKey {
  owedNanos: bigint;
  payments: { readonly grant: string; amountNanos: bigint }[];
}

/** Flows of one pool in one cycle. Signs as in the balance example of the HTTP contract. */
export interface Figures {
  grantedNanos: bigint;
  refundedNanos: bigint;
  adjustedNanos: bigint;
  usedNanos: bigint;
  expiredNanos: bigint;
}

export interface Pool {
  readonly key: string;
  /** Eligible grants in drawing order. */
  grants: Grant[];
  scheduled: Grant[];
  ended: Map<string, EndedGrant>;
  /** Oldest first. */
  debts: Debt[];
  /** Sum of remainders − overdraft; kept beside them and asserted by I1. */
  balanceNanos: bigint;
  overdraftNanos: bigint;
  heldNanos: bigint;
  negativeLimitNanos: bigint;
  /** By cycle start: cycles that are not closed, and the current one. */
  figures: Map<number, Figures>;
  /** Closing of the last closed cycle: the opening of the first one in `figures`. */
  closedNanos: bigint;
}

export interface Cycle extends CycleBounds {
  readonly plan: string;
  readonly isEnded: boolean;
  readonly isClosed: boolean;
}

export interface Hold {
  readonly id: string;
  readonly pool: string;
  readonly amountNanos: bigint;
  readonly expiresAtMs: number;
  readonly placedAtMs: number;
}

/** A hold that has ended: settling one that expired still charges, once. */
export interface EndedHold {
  readonly pool: string;
  readonly how: 'settled' | 'released' | 'expired';
}

export interface RuleState {
  readonly rule: ThresholdRule;
  /** Budget: what was used in the cycle `countedCycleMs`. */
  countedNanos: bigint;
  countedCycleMs: number;
  /** Values reached in `reachedCycleMs`, as nano text. */
  reached: Set<string>;
  reachedCycleMs: number;
}

export interface OpenRecharge {
  readonly purchase: string;
  readonly package: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** What is paid for; null where the request did not record it. */
  readonly terms: PackageTerms | null;
  readonly requestedAtMs: number;
}

export interface RechargeState {
  enabled: boolean;
  package: string;
  thresholdNanos: bigint;
  monthlyLimitMinor: bigint;
  open: OpenRecharge | null;
  /** Requests by purchase id: a payment may succeed after a decline. */
  asked: Map<string, OpenRecharge>;
  /** Spend of the calendar month (UTC) that begins at `spendMonthMs`. */
  spentMinor: bigint;
  spendMonthMs: number;
  retryAtMs: number;
}

export interface PurchaseState {
  readonly id: string;
  readonly package: string;
  readonly grants: readonly string[];
  readonly atMs: number;
  readonly refundableUntilMs: number | null;
  readonly paymentReference: string | null;
  readonly by: 'order' | 'recharge' | 'checkout';
}

/** What the ledger, the balance and the gate need: small, and evolves without reading evidence. */
export interface Wallet {
  organisation: string;
  /** False before `AccountOpened`. */
  isOpen: boolean;
  plan: string;
  /** The plan that takes effect at the cycle's end. */
  pendingPlan: string | null;
  /** Plans in force, oldest first: usage time decides which one rates. */
  plans: { readonly fromMs: number; readonly plan: string }[];
  isPaused: boolean;
  anchorDay: number;
  openedAtMs: number;
  clock: ClockKind;
  ledgerTimeMs: number;
  /** All cycles, oldest first; the last one is current. */
  cycles: Cycle[];
  pools: Map<string, Pool>;
  holds: Map<string, Hold>;
  endedHolds: Map<string, EndedHold>;
  rules: Map<string, RuleState>;
  recharge: RechargeState | null;
  purchases: Map<string, PurchaseState>;
  grantCount: number;
  /** Recharges requested so far. */
  rechargeCount: number;
}

/** Cumulative quantity of one rate in one cycle, with what its meter has to remember. */
export interface RateState {
  /** Exact, in the meter's own units. */
  units: bigint;
  /** Where the meter is `unique`. */
  values: Set<string> | null;
  /** Where the meter is `latest` (one point a series) or `time-weighted` (all, by usage time). */
  series: Map<string, SeriesPoint[]> | null;
  /** Unreversed draws, oldest first, of rates whose quantity may shrink; `grant` null is overdraft. */
  draws: { readonly grant: string | null; amountNanos: bigint }[] | null;
  /** Of a gauge: its meter, for what the cycle's end adds. */
  gauge: string | null;
}

export interface RememberedCommand {
  readonly requestHash: string;
  readonly answer: Readonly<Record<string, string>>;
  readonly revision: bigint;
  readonly atMs: number;
}

export interface RevisionRange {
  readonly first: bigint;
  last: bigint;
}

/** The whole account, folded from its stream. */
export interface AccountState {
  readonly wallet: Wallet;
  /** By cycle start, then by rate identity. */
  readonly rates: Map<number, Map<string, RateState>>;
  /** Last offset decided, by `topic/generation/partition`. */
  readonly offsets: Map<string, bigint>;
  /** By day of event time: ranges of revisions (inclusive, ascending) in which that day's evidence lies. */
  readonly evidenceDays: Map<number, RevisionRange[]>;
  /** By `route\nkey`. */
  readonly commands: Map<string, RememberedCommand>;
  /** Payment references and purchase ids are remembered for ever: reference to purchase id. */
  readonly paymentReferences: Map<string, string>;
  /** How much of a usage event, entry or purchase has been reversed. */
  readonly reversals: Map<string, bigint>;
  /** Settings that no rule reads: `record/key` to JSON text. */
  readonly records: Map<string, string>;
  /** Of a draft: the parts it has copied and may write. Null: all parts are its own. */
  readonly owned: Set<object> | null;
}

/** Last crossing decided, for events that cross several thresholds at once. */
export interface Crossing {
  readonly by: CrossingCause;
  readonly isSilent: boolean;
}

export function initialState(organisation: string): AccountState {
  return {
    wallet: {
      organisation,
      isOpen: false,
      plan: '',
      pendingPlan: null,
      plans: [],
      isPaused: false,
      anchorDay: 1,
      openedAtMs: 0,
      clock: 'history',
      ledgerTimeMs: Number.MIN_SAFE_INTEGER,
      cycles: [],
      pools: new Map(),
      holds: new Map(),
      endedHolds: new Map(),
      rules: new Map(),
      recharge: null,
      purchases: new Map(),
      grantCount: 0,
      rechargeCount: 0,
    },
    rates: new Map(),
    offsets: new Map(),
    evidenceDays: new Map(),
    commands: new Map(),
    paymentReferences: new Map(),
    reversals: new Map(),
    records: new Map(),
    owned: null,
  };
}

/** Key of `AccountState.offsets`. */
export const feedKey = (feed: { topic: string; generation: number; partition: number }): string =>
  `${feed.topic}/${feed.generation}/${feed.partition}`;
