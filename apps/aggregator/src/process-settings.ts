/** Settings of an aggregator that runs in a process of its own. */
export interface ProcessSettings {
  readonly databaseUrl: string;
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly host: string;
  /** Of health and metrics; 0 is any free port. */
  readonly port: number;
  readonly logLevel: string;
}

/** A setting that is missing or wrong ends the start, with its name and what it should be. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';
  readonly code = 'InvalidSetting';
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_TOPIC = 'usage.v1';
const DEFAULT_PORT = '3000';

/** Settings from environment variables. @throws {InvalidSetting} naming everything that is missing */
export function processSettingsFrom(env: Environment): ProcessSettings {
  const missing = ['DATABASE_URL', 'KAFKA_BROKERS'].filter((name) => (env[name] ?? '') === '');
  if (missing.length > 0) throw new InvalidSetting(`${missing.join(' and ')} must be set.`);
  if (env['KURRENTDB_URL'] !== undefined)
    throw new InvalidSetting('KURRENTDB_URL is set, and this version does not speak to it.');
  const brokers = (env['KAFKA_BROKERS'] ?? '').split(',').map((broker) => broker.trim());
  const port = Number(env['PORT'] ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidSetting('PORT has to be a number from 0 to 65535.');
  return {
    databaseUrl: env['DATABASE_URL'] ?? '',
    brokers: brokers.filter((broker) => broker !== ''),
    topic: env['CREDITFOLD_TOPIC'] ?? DEFAULT_TOPIC,
    host: env['HOST'] ?? '127.0.0.1',
    port,
    logLevel: env['LOG_LEVEL'] ?? 'info',
  };
}
