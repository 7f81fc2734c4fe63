import type { StandaloneConfig } from './standalone-config.js';
import type { WorkerEnvironment } from './workers/worker-protocol.js';

/** The settings as the single processes read them: every default filled in, the database and the key known. */
export function workerEnvironment(config: StandaloneConfig, databaseUrl: string, adminKey: string): WorkerEnvironment {
  const resolved = {
    ...config,
    PORT: String(config.PORT),
    CREDITFOLD_FEED_RETENTION: `PT${config.CREDITFOLD_FEED_RETENTION / 1000}S`,
    DATABASE_URL: databaseUrl,
    CREDITFOLD_ADMIN_KEY: adminKey,
  };
  return Object.fromEntries(Object.entries(resolved).filter(([, value]) => value !== undefined)) as WorkerEnvironment;
}
