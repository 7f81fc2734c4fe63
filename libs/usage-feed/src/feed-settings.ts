import { databaseUrlIn, InvalidSetting, requireSettings, settingIn, type Environment } from '@app/postgres';

/** A Kafka by the names that its users type; files are read when the feed is opened. */
export interface KafkaSettings {
  readonly brokers: readonly string[];
  /** Live usage topic: members that read the same one share a group. */
  readonly topic: string;
  readonly sessionTimeoutMs?: number;
  readonly tls?: Readonly<Record<'caFile' | 'certFile' | 'keyFile', string | undefined>>;
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

/** Where the usage feed is: that Kafka, or else this database. */
export type UsageFeedSettings = KafkaSettings | { readonly databaseUrl: string };

/** Every variable that is read here. */
export const FEED_VARIABLES = [
  'KAFKA_BROKERS',
  'KAFKA_TLS',
  'KAFKA_TLS_CA_FILE',
  'KAFKA_TLS_CERT_FILE',
  'KAFKA_TLS_KEY_FILE',
  'KAFKA_SASL_MECHANISM',
  'KAFKA_SASL_USERNAME',
  'KAFKA_SASL_PASSWORD',
  'KAFKA_SESSION_TIMEOUT_MS',
] as const;

export const DEFAULT_TOPIC = 'usage.v1';
/** What brokers allow by default (`group.min.session.timeout.ms`, `group.max.session.timeout.ms`). */
const SESSION_MS = { min: 6_000, max: 1_800_000 } as const;

/** The live usage topic of a deployment: `CREDITFOLD_TOPIC`. */
export const topicIn = (env: Environment): string => settingIn(env, 'CREDITFOLD_TOPIC') ?? DEFAULT_TOPIC;

/** With `KAFKA_BROKERS` the feed is that Kafka, else the database of `DATABASE_URL`. @throws {InvalidSetting} */
export function usageFeedSettingsFrom(env: Environment): UsageFeedSettings {
  const kafka = kafkaSettingsFrom(env);
  if (kafka !== undefined) return kafka;
  const databaseUrl = databaseUrlIn(env);
  if (databaseUrl === undefined) throw new InvalidSetting('KAFKA_BROKERS or DATABASE_URL must be set.');
  return { databaseUrl };
}

/** Undefined without `KAFKA_BROKERS`, when nothing else about Kafka may be set. @throws {InvalidSetting} */
export function kafkaSettingsFrom(env: Environment): KafkaSettings | undefined {
  const text = settingIn(env, 'KAFKA_BROKERS');
  if (text === undefined) {
    const stray = FEED_VARIABLES.find((name) => settingIn(env, name) !== undefined);
    // Usage sent to another log than was meant would be lost to whoever reads it.
    if (stray !== undefined) throw new InvalidSetting(`KAFKA_BROKERS must be set, because ${stray} is.`);
    return undefined;
  }
  const brokers = text.split(',').map((broker) => broker.trim());
  if (!brokers.every((broker) => /^(\[[^\]\s]+\]|[^\s:/]+):\d{1,5}$/.test(broker)))
    throw new InvalidSetting('KAFKA_BROKERS has to be host:port, several with commas.');
  return { brokers, topic: topicIn(env), ...sessionIn(env), ...tlsIn(env), ...saslIn(env) };
}

function sessionIn(env: Environment): Pick<KafkaSettings, 'sessionTimeoutMs'> {
  const text = settingIn(env, 'KAFKA_SESSION_TIMEOUT_MS');
  if (text === undefined) return {};
  const ms = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (ms >= SESSION_MS.min && ms <= SESSION_MS.max) return { sessionTimeoutMs: ms };
  throw new InvalidSetting(`KAFKA_SESSION_TIMEOUT_MS has to be a number from ${SESSION_MS.min} to ${SESSION_MS.max}.`);
}

function tlsIn(env: Environment): Pick<KafkaSettings, 'tls'> {
  const isOn = settingIn(env, 'KAFKA_TLS') ?? 'false';
  if (isOn !== 'true' && isOn !== 'false') throw new InvalidSetting('KAFKA_TLS has to be true or false.');
  const [caFile, certFile, keyFile] = ['CA', 'CERT', 'KEY'].map((file) => settingIn(env, `KAFKA_TLS_${file}_FILE`));
  if (isOn === 'false') {
    // Whoever names authorities means TLS: records and passwords must not leave in the clear.
    if ((caFile ?? certFile ?? keyFile) !== undefined)
      throw new InvalidSetting('KAFKA_TLS has to be true where KAFKA_TLS_… is set.');
    return {};
  }
  if ((certFile === undefined) !== (keyFile === undefined))
    throw new InvalidSetting('KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE must be set together.');
  return { tls: { caFile, certFile, keyFile } };
}

function saslIn(env: Environment): Pick<KafkaSettings, 'sasl'> {
  const names = ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const;
  if (names.every((name) => settingIn(env, name) === undefined)) return {};
  requireSettings(env, names);
  const [mechanism = '', username = '', password = ''] = names.map((name) => settingIn(env, name));
  if (mechanism !== 'plain' && mechanism !== 'scram-sha-256' && mechanism !== 'scram-sha-512')
    throw new InvalidSetting('KAFKA_SASL_MECHANISM has to be plain, scram-sha-256 or scram-sha-512.');
  return { sasl: { mechanism, username, password } };
}
