/** Every limit of this lib, in one place. */
export const POSTGRES_LIMITS = {
  poolConnectionsMax: 10,
  connectTimeoutMs: 10_000,
  idleConnectionMs: 30_000,
  /** A statement that runs longer is cancelled by the server, unless the pool or the URL says otherwise. */
  statementTimeoutMs: 30_000,
  /** How much later the client gives up itself: the server's own word, if any comes, is worth more. */
  silenceGraceMs: 5_000,
  /**
   * The server ends a transaction whose client has said nothing for so long, with the locks that it holds: ours go from
   * statement to statement, so such a client is gone, and others wait for its locks.
   */
  idleInTransactionMs: 15_000,
  /** Questions that one statement answers together, and how long the next ones wait for it to end. */
  groupQuestionsMax: 32,
  groupPatienceMs: 50,
  /** An idle connection is probed after so long, so that one whose other end is gone is found. */
  keepAliveAfterMs: 10_000,
  /** One statement of a migration, or its wait for its turn. */
  migrationStatementMs: 3_600_000,
  /** How long a start waits for a holder of the data directory that is ending. */
  dataDirectoryWaitMs: 30_000,
  /**
   * Until the keeper asks Postgres for an immediate shutdown instead of a fast one, and until it kills it: when the parent
   * asks for the end, and when the parent is gone.
   */
  keeperStopMs: [25_000, 28_000],
  keeperOrphanedMs: [6_000, 8_500],
  /** After this long an orphaned Postgres (its keeper was killed too) is ended by the next start itself. */
  orphanGraceMs: 12_000,
  /** Initialising a cluster and answering the first time, crash recovery included. */
  startTimeoutMs: 120_000,
  /** A free port may be taken between finding and binding it: so many ports are tried. */
  portAttemptsMax: 5,
  /** An orderly stop may write a checkpoint for so long; then Postgres recovers at the next start instead. */
  stopTimeoutMs: 30_000,
} as const;
