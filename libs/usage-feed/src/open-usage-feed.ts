import { readFile } from 'node:fs/promises';
import { InvalidSetting } from '@app/postgres';
import type { KafkaSettings, UsageFeedSettings } from './feed-settings.js';
import type { KafkaConfig } from './kafka/kafka-config.js';
import { KafkaUsageFeed } from './kafka/kafka-usage-feed.js';
import { PostgresUsageFeed } from './postgres/postgres-usage-feed.js';
import type { UsageFeed } from './usage-feed.js';

export interface OpenFeedOptions {
  /** Which process this is, for the broker's logs. */
  readonly clientId: string;
  /** Takes what the Kafka client has to say; it never holds record bytes or credentials. */
  readonly log?: (message: string) => void;
}

/**
 * Opens the feed that the settings name. Kafka is spoken to when the feed is first used.
 * @throws {InvalidSetting} for a TLS file that cannot be read
 */
export async function openUsageFeed(settings: UsageFeedSettings, options: OpenFeedOptions): Promise<UsageFeed> {
  if ('databaseUrl' in settings) return PostgresUsageFeed.open(settings.databaseUrl);
  return new KafkaUsageFeed(await kafkaConfigOf(settings, options));
}

/** The group is the deployment's: the API asks for the hints that the aggregators' members left. */
async function kafkaConfigOf(settings: KafkaSettings, { clientId, log }: OpenFeedOptions): Promise<KafkaConfig> {
  const { brokers, topic, sessionTimeoutMs, sasl, tls } = settings;
  return {
    brokers,
    clientId,
    groupId: `creditfold-aggregator-${topic}`,
    ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
    ...(sasl === undefined ? {} : { sasl }),
    ...(tls === undefined ? {} : { ssl: await tlsOf(tls) }),
    ...(log === undefined ? {} : { log }),
  };
}

async function tlsOf(files: NonNullable<KafkaSettings['tls']>): Promise<NonNullable<KafkaConfig['ssl']>> {
  const { caFile, certFile, keyFile } = files;
  const [ca, cert, key] = await Promise.all([
    textOf('KAFKA_TLS_CA_FILE', caFile),
    textOf('KAFKA_TLS_CERT_FILE', certFile),
    textOf('KAFKA_TLS_KEY_FILE', keyFile),
  ]);
  return { ca, cert, key, rejectUnauthorized: true };
}

async function textOf(name: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new InvalidSetting(`${name} names a file that cannot be read: ${file}.`, { cause });
  }
}
