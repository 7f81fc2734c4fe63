/** Every limit of this lib, in one place. */
export const POSTGRES_LIMITS = {
  poolConnectionsMax: 10,
  connectTimeoutMs: 10_000,
  idleConnectionMs: 30_000,
  /** How long a start waits for a holder of the data directory that is ending. */
  dataDirectoryWaitMs: 30_000,
  /** After this long an orphaned Postgres (its keeper was killed too) is ended by the next start itself. */
  orphanGraceMs: 12_000,
  /** Initialising a cluster and answering the first time, crash recovery included. */
  startTimeoutMs: 120_000,
  /** A free port may be taken between finding and binding it: so many ports are tried. */
  portAttemptsMax: 5,
  /** An orderly stop may write a checkpoint for so long; then Postgres recovers at the next start instead. */
  stopTimeoutMs: 30_000,
} as const;
