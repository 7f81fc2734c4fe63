import { openEventStore, PostgresSnapshotStore, type EventStoreSettings } from '@app/event-store';
import { Queries, ReadModels } from '@app/read-models';
import { openUsageFeed, type UsageFeedSettings } from '@app/usage-feed';
import type { AggregatorConfig } from './aggregator-config.js';
import type { Log } from './log.js';

export interface PartsToOpen {
  /** Snapshots and read models are in Postgres wherever the streams are. */
  readonly databaseUrl: string;
  readonly feed: UsageFeedSettings;
  readonly streams: EventStoreSettings;
  readonly log: Log;
}

export interface OpenedParts {
  readonly parts: Pick<AggregatorConfig, 'store' | 'snapshots' | 'feed' | 'dueAccounts'>;
  /** After the aggregator has stopped. */
  close(): Promise<void>;
}

const NAME = 'creditfold-aggregator';

/** Opens what an aggregator works on. @throws {EventStoreUnavailable | InvalidSetting} */
export async function openParts({ databaseUrl: url, feed: from, streams, log }: PartsToOpen): Promise<OpenedParts> {
  const { store, hasDensePositions } = await openEventStore(streams);
  const snapshots = await PostgresSnapshotStore.connect({ url });
  const feed = await openUsageFeed(from, { clientId: NAME, log: (message) => log.warn({}, message) });
  const models = await ReadModels.connect({ url, name: NAME, poolMax: 2 });
  const queries = new Queries({ models, store, hasDensePositions });
  return {
    parts: { store, snapshots, feed, dueAccounts: (question) => queries.dueAccounts(question) },
    close: async () => {
      await feed.close();
      await Promise.all([store.close(), snapshots.close(), models.close()]);
    },
  };
}
