import type {
  Aggregation,
  CommandRecord,
  DimensionPairs,
  DrawRun,
  LedgerEntry,
  QuarantinedRecord,
  RateUse,
} from '@app/metering';

/** Where in the usage feed a record lies. */
export interface RecordPlace {
  readonly topic: string;
  readonly generation: number;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestampMs: number;
}

/** How one meter line came to its credits: C(after) − C(before) of the rate's cumulative quantity in its cycle. */
export interface LineExplanation {
  readonly use: RateUse;
  /** Null where the catalog that the event names does not know the meter any more. */
  readonly aggregation: Aggregation | null;
  /** The price as the catalog has it. */
  readonly price: unknown;
  readonly quantityNanos: bigint;
  readonly creditsNanos: bigint;
  /** Of a negative charge: what could not go back. */
  readonly cutNanos: bigint;
  /** Fields of a product in the meter's order, then its factor. */
  readonly inputs: readonly { readonly name: string; readonly valueNanos: bigint }[];
  /** Integer units that make a quantity of 1. */
  readonly denominator: bigint;
  readonly beforeUnits: bigint;
  readonly afterUnits: bigint;
  /** Null where no price was found. */
  readonly costBeforeNanos: bigint | null;
  readonly costAfterNanos: bigint | null;
  readonly draws: readonly Pick<DrawRun, 'from' | 'grant' | 'amountNanos'>[];
  /** Id of the ledger entry that it is part of. */
  readonly entry: string;
}

export interface BalanceChange {
  readonly pool: string;
  readonly beforeNanos: bigint;
  readonly afterNanos: bigint;
}

/** One charged usage event, from its broker record to what it was drawn from. */
export interface UsageExplanation {
  readonly organisation: string;
  readonly source: string;
  readonly id: string;
  readonly outcome: RateUse['outcome'];
  readonly timeMs: number;
  readonly usageTimeMs: number;
  readonly revision: bigint;
  /** Index of its line in the evidence of the event with that revision. */
  readonly lineIndex: number;
  readonly record: RecordPlace | null;
  readonly dimensions: DimensionPairs;
  readonly catalogVersion: number;
  readonly lines: readonly LineExplanation[];
  readonly balances: readonly BalanceChange[];
}

/** A usage event that was not charged: why, and where its record lies. */
export interface QuarantineExplanation {
  readonly organisation: string;
  readonly revision: bigint;
  readonly quarantined: QuarantinedRecord;
  readonly record: RecordPlace;
}

export type EventExplanation =
  | { readonly kind: 'charged'; readonly usage: UsageExplanation }
  | { readonly kind: 'quarantined'; readonly quarantine: QuarantineExplanation };

/** A ledger entry, what stood before and after it, and the usage events behind it (a page of them). */
export interface EntryExplanation {
  readonly organisation: string;
  readonly id: string;
  readonly revision: bigint;
  readonly eventType: string;
  readonly entry: LedgerEntry;
  readonly atMs: number;
  readonly recordedAt: Date;
  readonly command: CommandRecord | null;
  readonly balance: BalanceChange;
  /** Evidence lines of the entry from `from` on, at most `limit`. */
  readonly usage: readonly UsageExplanation[];
  /** The `from` of the next page; null when this is the last one. */
  readonly nextFrom: number | null;
}
