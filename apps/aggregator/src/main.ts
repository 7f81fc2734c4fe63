import { PostgresEventStore, PostgresSnapshotStore } from '@app/event-store';
import { Queries, ReadModels } from '@app/read-models';
import { KafkaUsageFeed } from '@app/usage-feed';
import { pino } from 'pino';
import { serveHealth } from './health/health-server.js';
import { InvalidSetting, processSettingsFrom } from './process-settings.js';
import { startAggregator } from './start-aggregator.js';

/** A stop that takes longer than this is ended: the streams say later what became of it. */
const STOP_WITHIN_MS = 10_000;
const NAME = 'creditfold-aggregator';

async function main(): Promise<void> {
  const settings = processSettingsFrom(process.env);
  const log = pino({ name: 'aggregator', level: settings.logLevel });
  const { databaseUrl: url, brokers, topic, host, port } = settings;
  const store = await PostgresEventStore.connect({ url });
  const snapshots = await PostgresSnapshotStore.connect({ url });
  const models = await ReadModels.connect({ url, name: NAME, poolMax: 2 });
  const queries = new Queries({ models, store });
  const feed = new KafkaUsageFeed({
    brokers,
    clientId: NAME,
    groupId: `${NAME}-${topic}`,
    log: ({ level, message }) => log[level]({}, message),
  });
  // A fault may come before there is anything to stop.
  let end = (code: number): void => process.exit(code);
  const aggregator = await startAggregator({
    store,
    snapshots,
    feed,
    topic,
    log,
    dueAccounts: (question) => queries.dueAccounts(question),
    onFatal: () => end(1),
  });
  const server = await serveHealth(aggregator, { host, port });
  log.info({ port: server.port }, 'The aggregator decides usage');
  const stop = async (code: number): Promise<void> => {
    process.exitCode = code;
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    await aggregator.stop();
    await Promise.all([server.close(), feed.close()]);
    await Promise.all([store.close(), snapshots.close(), models.close()]);
    process.exit(code);
  };
  end = (code) => void stop(code);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end(0));
}

main().catch((error: unknown) => {
  const text = error instanceof InvalidSetting ? `${error.code}: ${error.message}` : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
