import { EmbeddedPostgresError } from './embedded-postgres-error.js';

const TAIL_CHARACTERS = 2_000;
const DISK_FULL = /^.*(no space left on device|disk quota exceeded).*$/im;

/** Turns what initdb or Postgres wrote before it gave up into an error that says what to do. */
export function explainFailure(program: 'initdb' | 'postgres', output: string): EmbeddedPostgresError {
  const said = tailOf(output);
  if (/Address already in use|could not bind/.test(output)) {
    return new EmbeddedPostgresError('PortInUse', `the port of the embedded Postgres is taken\n${said}`);
  }
  if (/error while loading shared libraries|Library not loaded/.test(output)) {
    return new EmbeddedPostgresError(
      'PostgresStartFailed',
      `${program} misses libraries that its package links when it is installed: run "npm rebuild"\n${said}`,
    );
  }
  return diskFull(output) ?? new EmbeddedPostgresError('PostgresStartFailed', `${program} gave up\n${said}`);
}

/** Why a server ended that nobody had asked to, by its log. */
export function explainEnd(log: string): EmbeddedPostgresError {
  const what = `Postgres ended, and nobody here asked it to\n${tailOf(log)}`;
  return diskFull(log) ?? new EmbeddedPostgresError('PostgresEnded', what);
}

function diskFull(output: string): EmbeddedPostgresError | undefined {
  const [line] = DISK_FULL.exec(output) ?? [];
  if (line === undefined) return undefined;
  return new EmbeddedPostgresError(
    'DiskFull',
    `no space is left for the data directory: make room, then start again; nothing acknowledged is lost\n${line.trim()}`,
  );
}

/** The newest whole lines. */
function tailOf(output: string): string {
  const text = output.trim();
  return text.length <= TAIL_CHARACTERS ? text : text.slice(-TAIL_CHARACTERS).replace(/^[^\n]*\n/, '');
}
