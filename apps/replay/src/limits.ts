/** Every limit of the auditors' command line, in one place. */
export const LIMITS = {
  /** Findings that a report lists; all are counted. */
  findingsMax: 1_000,
  /** Findings that are printed for people. */
  findingsPrintedMax: 20,
  /** Findings of one stream: what follows a broken event would bury the rest. */
  findingsPerStreamMax: 50,
  /** Accounts in memory at once: above it the audit splits into more passes over the streams. */
  accountsMax: 200_000,
  /** Identities in memory at once, about 20 bytes each: above it the audit splits, too. */
  identitiesMax: 30_000_000,
  /** Threads that audit the streams, unless more are asked for. */
  threadsMax: 4,
  /** Payload bytes that a thread should have to audit: fewer take less time than loading and compiling the program anew. */
  bytesOfThreadMin: 40_000_000,
  /** Pages, and events of each, by which the payload bytes of all events are estimated. */
  samples: 8,
  eventsOfSample: 50,
  /** Payload bytes that one page should have; its count of events adapts. */
  pageBytesTarget: 8_000_000,
  /** Payload bytes of one call that copies events: below what one append of one stream may have. */
  copyBytesMax: 900_000,
  pageEventsMin: 20,
  pageEventsMax: 5_000,
  /** Compiled catalogs kept. */
  catalogsMax: 64,
  /** What one catalog says of meters, by plan, version and cycle: as many are kept. */
  termsMax: 10_000,
  /** Uses of one event that are compared with each other; an event with more is audited line by line. */
  provenUsesMax: 32,
  /** Combinations of values that prices are looked up by, in one event; one with more is audited line by line. */
  dimensionKeysMax: 65_536,
  /** Snapshots compared at once. */
  snapshotsAtOnce: 4,
  /** How long a database may take to answer before it counts as missing. */
  connectTimeoutMs: 5_000,
} as const;
