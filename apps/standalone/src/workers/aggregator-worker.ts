import { accountCacheBytesIn } from '@app/accounts';
import { eventStoreSettingsFrom } from '@app/event-store';
import { createLog } from '@app/logging';
import { parseDuration } from '@app/metering';
import { usageFeedSettingsFrom } from '@app/usage-feed';
import { openParts, startAggregator } from '../../../aggregator/src/index.js';
import { DiskWatch } from './disk-watch.js';
import { observed } from './observed.js';
import { Fault, PartFault } from './part-fault.js';
import { reportOf } from './report-of.js';
import { runWorker } from './run-worker.js';
import { settingOf } from './setting-of.js';
import { standBack } from './stand-back.js';

standBack();
await runWorker(async (env) => {
  const log = createLog({ name: 'aggregator', level: settingOf(env, 'LOG_LEVEL') });
  const opened = await openParts({
    databaseUrl: settingOf(env, 'DATABASE_URL'),
    feed: usageFeedSettingsFrom(env),
    streams: eventStoreSettingsFrom(env),
    log,
  });
  const fault = new Fault();
  const disk = new DiskWatch(fault.raise);
  const aggregator = await startAggregator({
    ...opened.parts,
    store: observed(opened.parts.store, disk.note),
    topic: settingOf(env, 'CREDITFOLD_TOPIC'),
    log,
    accountsLimits: { cachedBytesMax: accountCacheBytesIn(env) },
    onFatal: ({ code, detail }) => fault.raise(new PartFault(code, detail)),
    settings: { retentionMs: parseDuration(settingOf(env, 'CREDITFOLD_FEED_RETENTION')) ?? 0 },
  });
  return {
    failed: fault.raised,
    report: async () => reportOf(aggregator.health(), disk, await aggregator.metrics()),
    stop: async () => {
      await aggregator.stop();
      await opened.close();
    },
  };
});
