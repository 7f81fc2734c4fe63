import { eventStoreSettingsFrom, openEventStore, PostgresSnapshotStore } from '@app/event-store';
import { createLog } from '@app/logging';
import { createPool, databaseUrlIn, migrateLeases, requireSettings, type Environment } from '@app/postgres';
import { Queries, ReadModels } from '@app/read-models';
import { openUsageFeed, usageFeedSettingsFrom } from '@app/usage-feed';
import type { TopicDefinition } from '@app/usage-feed';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { ApiConfig } from './api-config.js';
import type { ApiParts } from './api-parts.js';
import { composeAccounts } from './compose-accounts.js';
import { composeProcessors } from './payments/compose-payments.js';
import { composeNotifier } from './notifications/compose-notifications.js';
import { migrateApi, PostgresKeyStore } from './postgres/postgres-key-store.js';
import { PostgresNotificationJournal } from './postgres/postgres-notification-journal.js';
import { PostgresPaymentJournal } from './postgres/postgres-payment-journal.js';
import { topicsOf } from './topics.js';

const PARTITIONS = 12;

/** What the API's log never holds, wherever an object that is logged may carry it. */
const REDACTED = ['*.authorization', '*.headers', 'headers', 'authorization', 'key', '*.adminKey'];

export interface ComposedApi {
  readonly parts: ApiParts;
  /** Closes everything that was opened here, in the order in which it depends on each other. */
  close(): Promise<void>;
}

/**
 * The parts of an API: keys, snapshots and read models in the database of `DATABASE_URL`, feed and streams where the
 * environment says. @throws {InvalidSetting}
 */
export async function composeApi(config: ApiConfig, env: Environment): Promise<ComposedApi> {
  requireSettings(env, ['DATABASE_URL']);
  const url = databaseUrlIn(env) ?? '';
  const feedSettings = usageFeedSettingsFrom(env);
  const streams = eventStoreSettingsFrom(env);
  const log = createLog({ level: env['LOG_LEVEL'] ?? 'info', redact: REDACTED });
  const processors = composeProcessors(env, { nowMs: Date.now, log });
  const notifier = composeNotifier(env, Date.now);
  await migrateApi(url);
  await migrateLeases(url);
  const feed = await openUsageFeed(feedSettings, {
    clientId: 'creditfold-api',
    log: (message) => log.warn(message),
  });
  await feed.ensureTopics(topicDefinitions(config.topic));
  const { store, hasDensePositions } = await openEventStore(streams);
  const snapshots = await PostgresSnapshotStore.connect({ url });
  const pool = createPool(url, { applicationName: 'creditfold-api' });
  const readModels = await ReadModels.connect({ url, name: 'creditfold-api' });
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const { topic, accountCacheBytes } = config;
  const accountParts = await composeAccounts({
    store,
    snapshots,
    feed,
    topic,
    accountCacheBytes,
    nowMs: Date.now,
    log,
  });
  const parts: ApiParts = {
    ...accountParts,
    feed,
    queries: new Queries({ models: readModels, store, hasDensePositions }),
    keys: new PostgresKeyStore(pool),
    notifications: { ...notifier, journal: new PostgresNotificationJournal(pool) },
    payments: { processors, journal: new PostgresPaymentJournal(pool) },
    unreadyParts: async () => {
      const probes = { database: pool.query('select 1'), streams: store.head(), feed: feed.ends([config.topic]) };
      const answers = await Promise.all(Object.values(probes).map(isReachable));
      return Object.keys(probes).filter((_, index) => answers[index] !== true);
    },
    nowMs: Date.now,
    log,
    metrics,
  };
  return {
    parts,
    close: async () => {
      await accountParts.stop();
      await accountParts.accounts.snapshotsSaved();
      await Promise.all([feed.close(), store.close(), snapshots.close(), readModels.close(), pool.end()]);
    },
  };
}

const isReachable = (probe: Promise<unknown>): Promise<boolean> =>
  probe.then(
    () => true,
    () => false,
  );

/** The live and the service's own topic keep the log's clock; history keeps its events'. */
export function topicDefinitions(live: string): TopicDefinition[] {
  const topics = topicsOf(live);
  return [
    { topic: topics.live, timestamps: 'append', partitions: PARTITIONS },
    { topic: topics.backfill, timestamps: 'create', partitions: PARTITIONS },
    { topic: topics.requeue, timestamps: 'append', partitions: PARTITIONS },
  ];
}
