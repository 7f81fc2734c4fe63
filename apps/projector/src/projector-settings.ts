export interface ProjectorSettings {
  readonly databaseUrl: string;
  /** 127.0.0.1 unless told otherwise: probes carry no authentication. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly logLevel: string;
}

/** A setting that is missing or wrong ends the start, with its name and what it should be. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';
  readonly code = 'InvalidSetting';
}

/** Settings from environment variables. @throws {InvalidSetting} */
export function projectorSettingsFrom(env: Readonly<Record<string, string | undefined>>): ProjectorSettings {
  const databaseUrl = env['DATABASE_URL'] ?? '';
  if (databaseUrl === '') throw new InvalidSetting('DATABASE_URL has to be set.');
  if (env['KURRENTDB_URL'] !== undefined)
    throw new InvalidSetting('KURRENTDB_URL is set, and this version does not read streams from there.');
  const text = env['PORT'] ?? '3000';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidSetting('PORT has to be a number from 0 to 65535.');
  return { databaseUrl, host: env['HOST'] ?? '127.0.0.1', port, logLevel: env['LOG_LEVEL'] ?? 'info' };
}
