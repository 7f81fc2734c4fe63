import { EmbeddedPostgresError } from './embedded-postgres-error.js';

const TAIL_CHARACTERS = 2_000;

/** Turns what initdb or Postgres wrote before it gave up into an error that says what to do. */
export function explainFailure(program: 'initdb' | 'postgres', output: string): EmbeddedPostgresError {
  const said = output.trim().slice(-TAIL_CHARACTERS);
  if (/No space left on device|Disk quota exceeded/.test(output)) {
    return new EmbeddedPostgresError('DiskFull', `no space left for the data directory\n${said}`);
  }
  if (/Address already in use|could not bind/.test(output)) {
    return new EmbeddedPostgresError('PortInUse', `the port of the embedded Postgres is taken\n${said}`);
  }
  if (/error while loading shared libraries|Library not loaded/.test(output)) {
    return new EmbeddedPostgresError(
      'PostgresStartFailed',
      `${program} misses libraries that its package links when it is installed: run "npm rebuild"\n${said}`,
    );
  }
  return new EmbeddedPostgresError('PostgresStartFailed', `${program} gave up\n${said}`);
}
