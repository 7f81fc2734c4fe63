import { createLog } from '@app/logging';
import { InvalidSetting, withSecretFiles } from '@app/postgres';
import { collectEarly } from './collect-early.js';
import { serveHealth } from './health/health-server.js';
import { openParts } from './open-parts.js';
import { processSettingsFrom } from './process-settings.js';
import { startAggregator } from './start-aggregator.js';

/** A stop that takes longer than this is ended: the streams say later what became of it. */
const STOP_WITHIN_MS = 10_000;

/** Probes are to see that health is red, and why, before the process is gone. */
const RED_BEFORE_END_MS = 5_000;

const endAtOnce = (): void => process.exit();

async function main(): Promise<void> {
  collectEarly();
  const settings = processSettingsFrom(withSecretFiles(process.env));
  const log = createLog({ name: 'aggregator', level: settings.logLevel });
  const { topic, host, port, accountCacheBytes: cachedBytesMax } = settings;
  const opened = await openParts({ ...settings, log });
  // A fault may come before there is anything to stop.
  let end = endAtOnce;
  const aggregator = await startAggregator({
    ...opened.parts,
    topic,
    log,
    accountsLimits: { cachedBytesMax },
    onFatal: () => {
      process.exitCode = 1;
      setTimeout(() => end(), RED_BEFORE_END_MS);
    },
  });
  const server = await serveHealth(aggregator, { host, port });
  log.info({ port: server.port }, 'The aggregator decides usage');
  const stop = async (): Promise<void> => {
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    await aggregator.stop();
    await Promise.all([server.close(), opened.close()]);
    process.exit();
  };
  end = () => void stop();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end());
}

main().catch((error: unknown) => {
  const text = error instanceof InvalidSetting ? `${error.code}: ${error.message}` : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
