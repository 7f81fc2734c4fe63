import { PostgresEventStore, PostgresSnapshotStore } from '@app/event-store';
import { parseDuration } from '@app/metering';
import { Queries, ReadModels } from '@app/read-models';
import { PostgresUsageFeed } from '@app/usage-feed';
import { pino } from 'pino';
import { startAggregator } from '../../../aggregator/src/index.js';
import { Fault } from './part-fault.js';
import { runWorker } from './run-worker.js';
import { settingOf } from './setting-of.js';

await runWorker(async (env) => {
  const url = settingOf(env, 'DATABASE_URL');
  const log = pino({ name: 'aggregator', level: settingOf(env, 'LOG_LEVEL') });
  const store = await PostgresEventStore.connect({ url });
  const snapshots = await PostgresSnapshotStore.connect({ url });
  const feed = await PostgresUsageFeed.open(url);
  const models = await ReadModels.connect({ url, name: 'aggregator', poolMax: 2 });
  const queries = new Queries({ models, store });
  const fault = new Fault();
  const aggregator = await startAggregator({
    store,
    snapshots,
    feed,
    topic: settingOf(env, 'CREDITFOLD_TOPIC'),
    dueAccounts: (question) => queries.dueAccounts(question),
    log,
    onFatal: ({ code, detail }) => fault.raise(code, detail),
    settings: { retentionMs: parseDuration(settingOf(env, 'CREDITFOLD_FEED_RETENTION')) ?? 0 },
  });
  return {
    failed: fault.raised,
    stop: async () => {
      await aggregator.stop();
      await Promise.all([feed.close(), store.close(), snapshots.close(), models.close()]);
    },
  };
});
