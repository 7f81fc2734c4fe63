import { accountCacheBytesIn } from '@app/accounts';
import { eventStoreSettingsFrom, type EventStoreSettings } from '@app/event-store';
import { addressIn, databaseUrlIn, requireSettings, settingIn, type Environment } from '@app/postgres';
import { topicIn, usageFeedSettingsFrom, type UsageFeedSettings } from '@app/usage-feed';

/** Settings of an aggregator that runs in a process of its own. */
export interface ProcessSettings {
  readonly databaseUrl: string;
  readonly feed: UsageFeedSettings;
  readonly streams: EventStoreSettings;
  readonly topic: string;
  /** Of accounts and their identities at hand. */
  readonly accountCacheBytes: number;
  readonly host: string;
  /** Of health and metrics; 0 is any free port. */
  readonly port: number;
  readonly logLevel: string;
}

/** Settings from environment variables. @throws {InvalidSetting} naming everything that is missing */
export function processSettingsFrom(env: Environment): ProcessSettings {
  // Members share partitions through Kafka's groups; the embedded feed has one reader, which is standalone's.
  requireSettings(env, ['DATABASE_URL', 'KAFKA_BROKERS']);
  return {
    databaseUrl: databaseUrlIn(env) ?? '',
    feed: usageFeedSettingsFrom(env),
    streams: eventStoreSettingsFrom(env),
    topic: topicIn(env),
    accountCacheBytes: accountCacheBytesIn(env),
    logLevel: settingIn(env, 'LOG_LEVEL') ?? 'info',
    ...addressIn(env),
  };
}
