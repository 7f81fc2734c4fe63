import type { LedgerEntry } from './ledger-entry.js';

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

export interface CycleBounds {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

/** What every event but `UsageCharged` carries. */
export interface EventBase {
  /** Ledger time after this event. */
  readonly atMs: number;
  readonly entries: readonly LedgerEntry[];
  readonly command?: CommandRecord;
}
