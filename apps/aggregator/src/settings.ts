/** Every bound and interval of the aggregator, in one place. Tests shorten the intervals; nothing else overrides them. */
export interface AggregatorSettings {
  /** Records and bytes of one batch of one partition: what is there, up to these. */
  readonly batchRecordsMax: number;
  readonly batchBytesMax: number;
  /** Accounts of a batch that are decided at once, in memory whatever the cache forgets; then the next so many. */
  readonly accountsAtOnceMax: number;
  /** Batches of all partitions that are parsed and not yet decided: bounds memory under a backlog (I10). */
  readonly preparedBatchesMax: number;
  /**
   * At the feed's end a partition rests so many times as long as its batch took, up to the maximum: an append has a fixed
   * price for each account, and more lines share it.
   */
  readonly restFactor: number;
  readonly restMaxMs: number;
  /** How often a drained partition says so. */
  readonly idleMs: number;
  /** Bytes of one event's value; a larger one is quarantined as `TooLarge`. */
  readonly eventBytesMax: number;
  /** A live record whose timestamp is further ahead of our clock is quarantined as `RecordTimeInFuture`. */
  readonly recordAheadMaxMs: number;
  /** Records of one account in one append, before conflicts halve it. */
  readonly appendRecordsMax: number;
  /** Estimated bytes of one account's append; the store refuses a megabyte. */
  readonly appendBytesMax: number;
  /** Accounts and bytes of one call of the store. */
  readonly windowAccountsMax: number;
  readonly windowBytesMax: number;
  readonly windowsInFlightMax: number;
  /** Accounts that are read from the store at the same time. */
  readonly loadsMax: number;
  /** Pause before the second try of an append or a read whose outcome is unknown; doubles up to the maximum. */
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
  /** A position without collected records is written at most this often. */
  readonly positionEveryMs: number;
  /** The feed mark of an idle partition is written this often. */
  readonly markEveryMs: number;
  /** Age at which records below the stored position leave an embedded feed. */
  readonly retentionMs: number;
  readonly catalogPollMs: number;
  /** Knowledge of the catalog that is older than this decides nothing. Rule: semantics, Catalog. */
  readonly catalogStaleMs: number;
  /** A clock that is further from the event store's decides nothing. Rule: semantics, Time. */
  readonly clockSkewMaxMs: number;
  readonly clockCheckMs: number;
  readonly scheduleEveryMs: number;
  /** Due accounts of one question to the read model. */
  readonly dueAccountsMax: number;
  /** Waiting work that does not move, or a feed that does not answer, for this long: health goes red (I11). */
  readonly stalledRedMs: number;
  /** Waiting work that did not move for this long ends the process. */
  readonly stalledExitMs: number;
  /** So does a partition that another process owns while the feed gives it to us. */
  readonly lostExitMs: number;
  readonly watchEveryMs: number;
  /** How long a stop waits for what is under way before it abandons it (the store still says what became of it). */
  readonly stopGraceMs: number;
  /** Partitions of topics that do not exist yet. */
  readonly partitions: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

export const AGGREGATOR_SETTINGS: AggregatorSettings = {
  batchRecordsMax: 20_000,
  batchBytesMax: 8 * 1024 * 1024,
  accountsAtOnceMax: 10_000,
  preparedBatchesMax: 3,
  restFactor: 8,
  restMaxMs: 200,
  idleMs: SECOND_MS,
  eventBytesMax: 256 * 1024,
  recordAheadMaxMs: HOUR_MS,
  appendRecordsMax: 5_000,
  appendBytesMax: 600_000,
  windowAccountsMax: 2_000,
  windowBytesMax: 8 * 1024 * 1024,
  windowsInFlightMax: 2,
  loadsMax: 32,
  retryBaseMs: 50,
  retryMaxMs: SECOND_MS,
  positionEveryMs: 10 * SECOND_MS,
  markEveryMs: MINUTE_MS,
  retentionMs: 24 * HOUR_MS,
  catalogPollMs: 5 * SECOND_MS,
  catalogStaleMs: MINUTE_MS,
  clockSkewMaxMs: 5 * MINUTE_MS,
  clockCheckMs: MINUTE_MS,
  scheduleEveryMs: 5 * SECOND_MS,
  dueAccountsMax: 500,
  stalledRedMs: 30 * SECOND_MS,
  stalledExitMs: 10 * MINUTE_MS,
  lostExitMs: MINUTE_MS,
  watchEveryMs: SECOND_MS,
  stopGraceMs: 5 * SECOND_MS,
  partitions: 12,
};

/** A record that is parsed and waits for its account, with the bytes that it was parsed from. */
const RECORD_IN_HAND_BYTES = 4 * 1024;
/** An account that was opened just now, with what deciding needs beside it, as measured; most are read with more. */
const ACCOUNT_IN_HAND_BYTES = 20 * 1024;
/** Large events, parsed, take several times their bytes. */
const BYTES_SHARE = 8;

export type BatchLimits = Pick<AggregatorSettings, 'batchRecordsMax' | 'batchBytesMax' | 'accountsAtOnceMax'>;

/**
 * Limits of a batch for a process that may keep so many bytes of accounts: every record may be another account's, and
 * batches under way are in memory beside what the cache keeps (I10).
 */
export function batchLimitsFor(accountBytes: number): BatchLimits {
  const { batchRecordsMax, batchBytesMax, accountsAtOnceMax, preparedBatchesMax } = AGGREGATOR_SETTINGS;
  const share = accountBytes / preparedBatchesMax;
  return {
    batchRecordsMax: Math.min(batchRecordsMax, Math.floor(share / RECORD_IN_HAND_BYTES)),
    batchBytesMax: Math.min(batchBytesMax, Math.floor(accountBytes / BYTES_SHARE)),
    accountsAtOnceMax: Math.min(accountsAtOnceMax, Math.floor(share / ACCOUNT_IN_HAND_BYTES)),
  };
}
