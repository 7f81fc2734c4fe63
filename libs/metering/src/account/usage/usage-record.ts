import type { Catalog } from '../../catalog/index.js';
import type { QuarantineReason, UsageEvent } from '../../usage-event/index.js';
import type { AccountEvent, IdentityHash, QuarantinedRecord } from '../account-events.js';

/** What quarantine keeps of a record. May be lazy: it is read for quarantined records only. */
export interface RawRecord {
  readonly key: string | null;
  /** First 64 KiB of the value, base64; null for a record without a value. */
  readonly payload: string | null;
  readonly sizeBytes: number;
  /** Of the whole value, hex. */
  readonly sha256: string;
}

/** One record of the feed, parsed as far as can be done without its account. */
export interface UsageRecord {
  readonly offset: bigint;
  /** The log's timestamp; of a requeued record, the original one. */
  readonly recordTimestampMs: number;
  /** The rules of the topic it was first published on. */
  readonly mode: 'live' | 'history';
  /** A backfill that charges usage of closed cycles as adjustments. */
  readonly isAdjusting: boolean;
  readonly content:
    | { readonly kind: 'event'; readonly event: UsageEvent; readonly hash: IdentityHash }
    | {
        readonly kind: 'refused';
        readonly reason: QuarantineReason;
        readonly detail: string;
        readonly source: string | null;
        readonly id: string | null;
        readonly timeMs: number | null;
      };
  readonly raw: RawRecord;
}

/** A record that is an event, and no refusal. */
export type EventRecord = UsageRecord & { readonly content: { readonly kind: 'event' } };

export const isEvent = (record: UsageRecord): record is EventRecord => record.content.kind === 'event';

/** The identities charged before, as far as the records of a decision need them: those days are loaded. */
export interface KnownIdentities {
  find(
    hash: IdentityHash,
    timeMs: number,
    ledgerTimeMs: number,
  ): 'new' | 'duplicate' | { readonly conflictWith: string };
  /** Charged within this decision; pending until its append has succeeded. */
  add(hash: IdentityHash, timeMs: number): void;
}

export interface UsageContext {
  readonly catalog: Catalog;
  readonly feed: { readonly topic: string; readonly generation: number; readonly partition: number };
  readonly known: KnownIdentities;
  /** The machine's clock: backfilled usage after it is `InFuture`. */
  readonly nowMs: number;
  /** Revision that the first event of this decision will have. */
  readonly nextRevision: bigint;
}

export interface UsageDecision {
  readonly events: readonly AccountEvent[];
  /** Records that no account can hold: for the partition's stream. */
  readonly unhosted: readonly QuarantinedRecord[];
  /** How many records were decided: fewer than given where time has to advance further than one append may. */
  readonly decided: number;
  readonly counts: UsageCounts;
}

export interface UsageCounts {
  charged: number;
  late: number;
  adjusted: number;
  duplicates: number;
  quarantined: number;
}

/** Live usage is accepted from this long before its record's timestamp, … */
export const ACCEPTED_BEFORE_MS = 35 * 86_400_000;
/** … to this long after it. */
export const ACCEPTED_AFTER_MS = 86_400_000;
