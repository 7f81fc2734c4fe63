import { CatalogRefused, loadCatalogFile } from '@app/accounts';
import { InvalidSetting, requireSettings, settingIn, withSecretFiles } from '@app/postgres';
import { apiConfigFrom } from './api-config.js';
import { composeApi } from './compose-api.js';
import { startApi } from './start-api.js';

const STOP_WITHIN_MS = 10_000;

async function main(): Promise<void> {
  const env = withSecretFiles(process.env);
  // Usage taken into the embedded feed would have no reader: only standalone's aggregator reads it.
  requireSettings(env, ['DATABASE_URL', 'KAFKA_BROKERS', 'CREDITFOLD_ADMIN_KEY']);
  const config = apiConfigFrom(env);
  const composed = await composeApi(config, env);
  const { parts } = composed;
  const catalog = settingIn(env, 'CREDITFOLD_CATALOG');
  if (catalog !== undefined) await loadCatalogFile(parts.store, catalog, Date.now);
  const api = await startApi(config, parts);
  parts.log.info({ url: api.url }, 'the API listens');
  const stop = async (): Promise<void> => {
    // What does not end in time is ended: a supervisor is waiting.
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    await api.stop();
    await composed.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop().catch((error: unknown) => {
        parts.log.error({ err: error }, 'the API did not stop cleanly');
        process.exitCode = 1;
      });
    });
  }
}

main().catch((error: unknown) => {
  const isExpected = error instanceof InvalidSetting || error instanceof CatalogRefused;
  process.stderr.write(`${isExpected ? `${error.code}: ${error.message}` : String(error)}\n`);
  process.exit(1);
});
