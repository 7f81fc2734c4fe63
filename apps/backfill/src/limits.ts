/** Every limit of this app, in one place. */
export const LIMITS = {
  /** Events of one call, as the API takes them. */
  batchEventsMax: 10_000,
  /** Characters of one call's events: below the API's 32 MiB also where each takes three bytes. */
  batchCharsMax: 8 * 1024 * 1024,
  /** What is sorted in memory; a longer file is sorted on disk. */
  sortedEventsMax: 1_000_000,
  sortedCharsMax: 256 * 1024 * 1024,
  /** Sorted runs that are merged at once. */
  mergedRunsMax: 256,
  /** One line of the file; of an event's size the API is the judge. */
  lineCharsMax: 1024 * 1024,
  /** An event's dimensions and values. */
  columnsMax: 256,
  requestTimeoutMs: 120_000,
  retryBaseMs: 200,
  retryMaxMs: 10_000,
  /** A server that was never reached is given up after this, one that answered before after the next. */
  firstContactMs: 10_000,
  outageMs: 300_000,
  /** Faults of one call that are shown. */
  faultsShownMax: 10,
  lagPollMs: 200,
  progressLineMs: 5_000,
} as const;
