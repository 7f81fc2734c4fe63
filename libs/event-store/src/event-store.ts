/**
 * The event store port. Callers rely on one thing only: an append to ONE stream, conditional on its revision, is
 * atomic (exactly once follows from that alone). Adapters: memory, Postgres; KurrentDB fits the same port.
 */

/** Where an event lies in the global order. On Postgres both are equal; KurrentDB tells them apart. */
export interface GlobalPosition {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** The revision of a stream that does not exist: the first event of a stream has revision 0. */
export const NO_STREAM = -1n;

/** Before the first event of `$all`. */
export const START: GlobalPosition = { commit: 0n, prepare: 0n };

export interface NewEvent {
  /** A UUID (RFC 9562), deterministic where a retry must be recognised: equal id means equal content in the same place. */
  readonly id: string;
  /** Past tense, noun first: `UsageCharged`. ASCII letters and digits, at most `LIMITS.typeMax`. */
  readonly type: string;
  /** At most `LIMITS.eventBytesMax` bytes. The store never looks inside. */
  readonly data: Uint8Array;
}

export interface StoredEvent extends NewEvent {
  readonly stream: string;
  /** Gapless within the stream, from 0. */
  readonly revision: bigint;
  readonly position: GlobalPosition;
  /** The store's own clock at the append; information for people, never an input of a rule. */
  readonly recordedAt: Date;
}

export interface StreamAppend {
  readonly stream: string;
  /** The revision of the stream's last event, `NO_STREAM` when it must not exist. */
  readonly expectedRevision: bigint;
  /** At least one event, no id twice; together at most `LIMITS.appendBytesMax` bytes. */
  readonly events: readonly NewEvent[];
}

/** What became of one stream's append. A conflict is a value, not an exception, and says the actual revision. */
export type AppendOutcome =
  | { readonly kind: 'appended'; readonly stream: string; readonly revision: bigint; readonly position: GlobalPosition }
  | { readonly kind: 'conflict'; readonly stream: string; readonly actualRevision: bigint };

export interface ReadStreamOptions {
  /** First revision to return, inclusive. Forwards: default 0. Backwards: default the last. */
  readonly from?: bigint;
  readonly direction?: 'forwards' | 'backwards';
  /** At most `LIMITS.readEventsMax`. */
  readonly maxCount: number;
  /** Forwards: the first event has empty data, for who knows it already and asks whether it is still there. */
  readonly isFirstBare?: boolean;
}

export interface ReadAllOptions {
  /** Exclusive: events after this position. */
  readonly after: GlobalPosition;
  /** At most `LIMITS.readEventsMax`. */
  readonly maxCount: number;
  /** Only events of streams whose name begins with one of these; all when absent. */
  readonly streamPrefixes?: readonly string[];
  /** Events of other types have empty data, for who only asks that they are there; all have theirs when absent. */
  readonly dataTypes?: readonly string[];
}

/** A page of `$all`. `position` is how far was looked (also past filtered events): read on after it. */
export interface AllPage {
  readonly events: readonly StoredEvent[];
  readonly position: GlobalPosition;
  /** True when nothing lay behind this page at the moment of reading. */
  readonly isEnd: boolean;
}

export interface EventStore {
  /**
   * Appends to several streams. Each stream's append is atomic by itself and independent of the others: a conflict in
   * one keeps none of the others from being appended. Re-appending the very same ids at the same expected revision
   * answers with the first result, even after later events; a batch of which only a part is there is a conflict.
   * One outcome a stream, in the order of `appends`; a stream may stand only once.
   * @throws {EventStoreUnavailable} when the outcome is unknown or the store cannot be reached: reload and decide again
   * @throws {InvalidAppend} for an empty append, a stream named twice, or one above a limit: nothing was appended
   */
  append(appends: readonly StreamAppend[]): Promise<readonly AppendOutcome[]>;
  /** Events of one stream in order; empty when the stream does not exist or nothing is there. */
  readStream(stream: string, options: ReadStreamOptions): Promise<readonly StoredEvent[]>;
  /** The last revision of a stream, `NO_STREAM` when it does not exist. */
  streamRevision(stream: string): Promise<bigint>;
  /** Events of all streams in the global order, without visibility gaps: a position once passed is never filled later. */
  readAll(options: ReadAllOptions): Promise<AllPage>;
  /** The position of the last event, `START` when the store is empty. */
  head(): Promise<GlobalPosition>;
  /**
   * Never rejects. Resolves when something may have been appended after `after`, or after `timeoutMs`, whichever is first. A hint to
   * read again: spurious wake-ups are allowed, and a wake-up lost costs `timeoutMs` at most.
   */
  waitForAppend(after: GlobalPosition, timeoutMs: number): Promise<void>;
  /** The store's clock, for the check that a process whose clock is more than five minutes off stops deciding. */
  now(): Promise<Date>;
  close(): Promise<void>;
}

/** The store cannot be reached, or an append's outcome is unknown. The caller reloads and decides again. */
export class EventStoreUnavailable extends Error {
  override readonly name = 'EventStoreUnavailable';
  readonly code = 'EventStoreUnavailable';
}

/** The append can never succeed as it is: a programmer's error or a limit. */
export class InvalidAppend extends Error {
  override readonly name = 'InvalidAppend';
}

export const LIMITS = {
  /** KurrentDB refuses an append above 1 MiB; all adapters keep the same limit. */
  appendBytesMax: 1_000_000,
  eventBytesMax: 1_000_000,
  /** Characters of an event's type: ASCII letters and digits. */
  typeMax: 64,
  /** Characters of a stream name (`account-` and a name of 255 scalars). */
  streamNameMax: 600,
  readEventsMax: 10_000,
  /** Streams of one `append` call. */
  appendStreamsMax: 10_000,
} as const;
