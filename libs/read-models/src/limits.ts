/** Every limit of this lib, in one place. */
export const READ_MODEL_LIMITS = {
  /** Usage events (counted by groups) that one transaction of the usage lane may hold. */
  usageWindowEventsMax: 200_000,
  /** Groups, so that near-unique dimensions do not fill the memory. */
  usageWindowGroupsMax: 200_000,
  /** Account events that one transaction of the accounts lane may hold. */
  accountsWindowEventsMax: 4_000,
  /** Payload bytes that one window may read, in either lane. */
  windowBytesMax: 64_000_000,
  /** Payload bytes that one page of the event store should have; its count of events adapts. */
  pageBytesTarget: 1_000_000,
  pageEventsMin: 50,
  pageEventsMax: 4_000,
  /** Payload bytes and pages that one lane has read and that are kept for the other. */
  sharedBytesMax: 4_000_000,
  sharedPagesMax: 100,
  /** While a window waits for more, its lane looks for it this often. */
  lingerReadMs: 50,
  /** A reader of an empty head looks again after this long, should a wake-up be lost. */
  idleWaitMs: 1_000,
  leaseTtlMs: 5_000,
  leaseRenewMs: 1_500,
  /** A standby asks for the lease this often. */
  leaseRetryMs: 500,
  retryMinMs: 100,
  retryMaxMs: 5_000,
  statementTimeoutMs: 120_000,
  queryTimeoutMs: 20_000,
  /** A query that met a generation being dropped resolves the live one again so often. */
  generationRetriesMax: 3,
  /** Retired generations stay this long for queries that are still reading them. */
  retiredKeptMs: 60_000,
  /** A generation that is being built and has not moved for so long was left by a process that died. */
  abandonedAfterMs: 3_600_000,
  walletsCachedMax: 20_000,
  /** Wallets that were read lately and are kept for who asks again, and the length of the longest that is kept. */
  walletsReadMax: 2_000,
  walletCharsRememberedMax: 16_384,
  usageAccountsCachedMax: 200_000,
  /** Rows of totals, and of cycles, that are kept as windows have written them. */
  usageRowsKeptMax: 60_000,
  /** So many segments of one level and day become one of the next level. */
  segmentsPerMerge: 32,
  compactEveryMs: 30_000,
  /** Account days that are looked for at once (it takes a look at every segment), and merged in one transaction. */
  compactDaysPerLook: 2_000,
  compactDaysPerTransaction: 50,
  /** How long one round of merging may take while events wait. */
  compactBusyMs: 1_000,
  /** Bytes that one merge reads at most, and from which on a segment is merged no more. */
  mergeBytesMax: 8_000_000,
  segmentBytesFull: 2_000_000,
  segmentBytesMax: 64_000_000,
  /** A segment of fewer rows is added up by whoever asks for one dimension's sums. */
  sumsRowsMin: 256,
  /** Segments that a query reads at once. */
  segmentsPerRead: 200,
  /** Days that a query of daily sums reads at once: more while they have few rows. */
  daysPerReadMin: 4,
  daysPerReadMax: 366,
  dayRowsFew: 5_000,
  /** Distinct groups that one window of an answer may have in memory. */
  groupsPerAnswerMax: 1_000_000,
  pageItemsMax: 500,
  revisionPollMinMs: 5,
  revisionPollMaxMs: 100,
  differencesMax: 1_000,
  verifyRowsPerRead: 2_000,
  /** How long a switch may hold the live lane's checkpoint while the new generation catches up. */
  switchCatchUpMs: 5_000,
  /** How long its transaction may wait for a window, before the server takes its process for dead. */
  switchIdleMs: 60_000,
  switchAttemptsMax: 20,
} as const;

/** What tests and operators may set otherwise. */
export interface WindowLimits {
  readonly usageWindowEventsMax: number;
  readonly usageWindowGroupsMax: number;
  readonly accountsWindowEventsMax: number;
  readonly windowBytesMax: number;
  readonly pageEventsMax: number;
  readonly sumsRowsMin: number;
  readonly usageRowsKeptMax: number;
}

/** How long a lane that follows the head waits between two windows, so that each costs less an event. */
export interface Linger {
  /** Times what writing the last window took, so that a quiet lane hardly waits and a busy one writes less often. */
  readonly factor: number;
  readonly maxMs: number;
}

/** Balances are wanted at once; sums of usage may be a moment behind under load. */
export const LINGER: Readonly<Record<'accounts' | 'usage', Linger>> = {
  accounts: { factor: 4, maxMs: 50 },
  usage: { factor: 10, maxMs: 2_000 },
};
