export type EmbeddedPostgresErrorCode =
  /** A living process holds the data directory, or an ending one did not end in time. */
  | 'DataDirectoryInUse'
  /** The data directory cannot be made or written. */
  | 'DataDirectoryUnusable'
  /** The data directory was written by another version of the format, or of Postgres. */
  | 'DataDirectoryVersion'
  /** Started as root, Postgres runs as another user, to whom a directory above its files is closed. */
  | 'DirectoryNotSearchable'
  | 'DiskFull'
  | 'PortInUse'
  /** It was killed, or could not go on. */
  | 'PostgresEnded'
  | 'PostgresStartFailed'
  | 'UnsupportedPlatform';

/** An embedded server could not be started, or ended by itself; `code` says why, the message says what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
  constructor(
    readonly code: EmbeddedPostgresErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${message}`, options);
  }
}
