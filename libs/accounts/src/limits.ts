/** Limits of account streams and their caches, in one place. Processes may override those of `AccountsLimits`. */
export interface AccountsLimits {
  /** Accounts kept in memory. */
  readonly cachedAccountsMax: number;
  /** Estimated bytes of all cached accounts, identities included. Processes take them from their environment. */
  readonly cachedBytesMax: number;
  /** Events of a stream between two snapshots of it. */
  readonly snapshotEveryEvents: number;
  /** Snapshots waiting to be saved; above it they are left out. */
  readonly snapshotsWaitingMax: number;
  /** Days outside the conflict window whose identities an account keeps loaded (a backfill of old usage passes by). */
  readonly oldDaysMax: number;
  /** Events of one read of a stream. */
  readonly readPageEvents: number;
}

export const ACCOUNTS_LIMITS: AccountsLimits = {
  cachedAccountsMax: 200_000,
  cachedBytesMax: 448 * 1024 * 1024,
  snapshotEveryEvents: 200,
  snapshotsWaitingMax: 64,
  oldDaysMax: 64,
  readPageEvents: 256,
};

export interface CommandsLimits {
  /** Commands of one account that are decided in one append. */
  readonly commandsPerAppendMax: number;
  /** Commands of one account that wait their turn; above it they are refused as `TooBusy`. */
  readonly commandsWaitingMax: number;
  /** Tries of one group, conflicts and unknown outcomes together. */
  readonly attemptsMax: number;
  /** Longest pause before the second try; doubles with each. */
  readonly retryBaseMs: number;
  readonly retryMaxMs: number;
  /** Pause after an append, so that the aggregator gets its turn on a hot account. */
  readonly gapMs: number;
}

export const COMMANDS_LIMITS: CommandsLimits = {
  commandsPerAppendMax: 100,
  commandsWaitingMax: 2_000,
  attemptsMax: 12,
  retryBaseMs: 5,
  retryMaxMs: 500,
  gapMs: 5,
};
