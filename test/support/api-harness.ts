import { accountStream } from '@app/accounts';
import { MemoryEventStore, MemorySnapshotStore } from '@app/event-store';
import { createPool, migrateLeases } from '@app/postgres';
import { startTestPostgres } from '@app/postgres/testing';
import { LANES, LaneWorker, Queries, ReadModels } from '@app/read-models';
import { MemoryUsageFeed } from '@app/usage-feed';
import type { FeedRecord } from '@app/usage-feed';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { composeAccounts, startApi, topicsOf } from '../../apps/api/src/index.js';
import type { AccountParts, ApiConfig } from '../../apps/api/src/index.js';
import { DEFAULT_RATE_LIMITS } from '../../apps/api/src/keys/rate-limiter.js';
import { composeProcessors } from '../../apps/api/src/payments/compose-payments.js';
import { migrateApi, PostgresKeyStore } from '../../apps/api/src/postgres/postgres-key-store.js';
import { PostgresPaymentJournal } from '../../apps/api/src/postgres/postgres-payment-journal.js';
import { composeNotifier } from '../../apps/api/src/notifications/compose-notifications.js';
import { PostgresNotificationJournal } from '../../apps/api/src/postgres/postgres-notification-journal.js';
import { CATALOG } from './api-catalog.js';
import { ApiClient } from './api-client.js';

export const ADMIN_KEY = 'cf_test_0123456789abcdef0123456789abcdef';
const TOPICS = topicsOf('usage.v1');

export interface ApiHarness {
  /** Speaks with the administrator's key. */
  readonly admin: ApiClient;
  readonly feed: MemoryUsageFeed;
  readonly accounts: AccountParts;
  /** Publishes the catalog that the tests of the API use. */
  publishCatalog(): Promise<void>;
  /** Everything in a topic, by partition and offset. */
  recordsOf(topic: string): Promise<FeedRecord[]>;
  /** Every line the API logged so far. */
  readonly logLines: readonly string[];
  /** Waits until the read models hold all that an organisation's stream holds now. */
  projected(organisation: string): Promise<void>;
  /** Moves the API's clock. */
  setNow(ms: number): void;
  /** Makes a key and a client that uses it. */
  clientWith(terms: {
    readonly organisation: string | null;
    readonly scopes: readonly string[];
    readonly expiresAt?: string;
  }): Promise<ApiClient & { readonly id: string }>;
  stop(): Promise<void>;
}

export interface HarnessOptions {
  readonly isProjecting?: boolean;
  /** Settings of the payment processors. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The real API on a free port, with an embedded Postgres for keys and a feed in memory. */
export async function startApiHarness(
  changes: Partial<ApiConfig> = {},
  { isProjecting = false, env = {} }: HarnessOptions = {},
): Promise<ApiHarness> {
  const postgres = await startTestPostgres();
  await migrateApi(postgres.url);
  await migrateLeases(postgres.url);
  const pool = createPool(postgres.url, { applicationName: 'api-test', max: 4 });
  let nowMs = Date.UTC(2026, 10, 20, 10);
  const feed = new MemoryUsageFeed(() => nowMs);
  await feed.ensureTopics([
    { topic: TOPICS.live, timestamps: 'append', partitions: 2 },
    { topic: TOPICS.backfill, timestamps: 'create', partitions: 2 },
    { topic: TOPICS.requeue, timestamps: 'append', partitions: 1 },
  ]);
  const logLines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void logLines.push(line) });
  const config: ApiConfig = {
    host: '127.0.0.1',
    port: 0,
    adminKey: ADMIN_KEY,
    topic: TOPICS.live,
    accountCacheBytes: 64 * 1024 * 1024,
    rateLimits: DEFAULT_RATE_LIMITS,
    ...changes,
  };
  const clock = (): number => nowMs;
  const store = new MemoryEventStore(() => new Date(nowMs));
  const accountParts = await composeAccounts({
    store,
    snapshots: new MemorySnapshotStore(),
    feed,
    topic: TOPICS.live,
    accountCacheBytes: config.accountCacheBytes,
    nowMs: clock,
    log,
  });
  const readModels = await ReadModels.connect({ url: postgres.url, name: 'api-test' });
  const { generations } = readModels;
  const lanes = isProjecting ? LANES.map((lane) => new LaneWorker({ lane, generations, store })) : [];
  for (const lane of lanes) lane.start();
  const queries = new Queries({ models: readModels, store });
  const api = await startApi(config, {
    ...accountParts,
    feed,
    queries,
    keys: new PostgresKeyStore(pool),
    notifications: {
      ...composeNotifier({ CREDITFOLD_PRIVATE_CHANNELS: 'allow', ...env }, clock),
      journal: new PostgresNotificationJournal(pool),
    },
    payments: {
      processors: composeProcessors(env, { nowMs: clock, log }),
      journal: new PostgresPaymentJournal(pool),
    },
    unreadyParts: async () => [],
    nowMs: clock,
    log,
    metrics: new Registry(),
  });
  const admin = new ApiClient(api.url, ADMIN_KEY);
  return {
    admin,
    feed,
    accounts: accountParts,
    logLines,
    publishCatalog: async () => {
      const answer = await admin.put('/v1/catalog', { json: CATALOG, headers: { 'if-match': '"0"' } });
      if (answer.status !== 200) throw new Error(answer.text);
    },
    recordsOf: async (topic) => {
      const records: FeedRecord[] = [];
      for (const { partition, start, end } of await feed.ends([topic])) {
        for (let offset = start; offset < end; offset++) {
          const record = await feed.readRecord({ topic, partition }, offset);
          if (record) records.push(record);
        }
      }
      return records;
    },
    projected: async (organisation) => {
      const revision = await store.streamRevision(accountStream(organisation));
      if (!(await queries.waitForRevision(organisation, revision, 60_000)))
        throw new Error(`Revision ${revision} of ${organisation} is not projected`);
    },
    setNow: (ms) => void (nowMs = ms),
    clientWith: async (terms) => {
      const made = (await admin.post('/v1/keys', { json: { name: 'test', ...terms } })).json() as {
        id: string;
        key: string;
      };
      return Object.assign(admin.withKey(made.key), { id: made.id });
    },
    stop: async () => {
      await api.stop();
      await accountParts.stop();
      await Promise.all(lanes.map((lane) => lane.stop()));
      await readModels.close();
      await pool.end();
      await postgres.stop();
    },
  };
}
