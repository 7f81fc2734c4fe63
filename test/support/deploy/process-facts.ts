import 'reflect-metadata';
import { eventStoreSettingsFrom } from '@app/event-store';
import { requireSettings, SECRET_VARIABLES, type Environment } from '@app/postgres';
import { usageFeedSettingsFrom } from '@app/usage-feed';
import { serveHealth } from '../../../apps/aggregator/src/index.js';
import { processSettingsFrom } from '../../../apps/aggregator/src/process-settings.js';
import { apiConfigFrom } from '../../../apps/api/src/index.js';
import { CONTROLLERS } from '../../../apps/api/src/controllers.js';
import { endpointsOf } from '../../../apps/api/src/openapi/endpoints-of.js';
import { HealthController } from '../../../apps/projector/src/health.controller.js';
import { projectorSettingsFrom } from '../../../apps/projector/src/projector-settings.js';
import { settings } from '../../../apps/standalone/src/standalone-config.js';

/** What a deployment may count on of a process, asked of the process's own code. */
interface ProcessFacts {
  /** Reads the environment as the process does at its start. @throws {InvalidSetting} */
  readSettings(env: Environment): unknown;
  /** Whether it answers GET of this path without a key. */
  answers(path: string): Promise<boolean>;
}

const HEALTHY = {
  isReady: true,
  problems: [],
  alarms: [],
  parkedAccounts: 0,
  partitions: 1,
  lostPartitions: 0,
} as const;
const healthy = () => ({ ...HEALTHY, waitingRecords: 0, clockSkewMs: 0 });

async function aggregatorAnswers(path: string): Promise<boolean> {
  const server = await serveHealth({ health: healthy, metrics: async () => '' }, { host: '127.0.0.1', port: 0 });
  try {
    return (await fetch(`http://127.0.0.1:${server.port}${path}`)).status === 200;
  } finally {
    await server.close();
  }
}

/** Nest keeps the path of a handler as metadata under this name. */
const PATH = 'path';

const projectorPaths = (): unknown[] =>
  Object.values(Object.getOwnPropertyDescriptors(HealthController.prototype)).map(({ value }) =>
    Reflect.getMetadata(PATH, value as object),
  );

const apiPaths = (): string[] =>
  endpointsOf(CONTROLLERS)
    .filter(({ method, scope }) => method === 'GET' && scope === 'public')
    .map(({ path }) => path);

export const PROCESSES: Readonly<Record<'aggregator' | 'api' | 'projector', ProcessFacts>> = {
  aggregator: { readSettings: processSettingsFrom, answers: aggregatorAnswers },
  api: {
    readSettings: (env) => {
      requireSettings(env, ['DATABASE_URL', 'KAFKA_BROKERS']);
      return { ...apiConfigFrom(env), feed: usageFeedSettingsFrom(env), streams: eventStoreSettingsFrom(env) };
    },
    answers: async (path) => apiPaths().includes(path),
  },
  projector: { readSettings: projectorSettingsFrom, answers: async (path) => projectorPaths().includes(path) },
};

/** Every variable that some process reads, secrets in files included. */
export const KNOWN_VARIABLES: ReadonlySet<string> = new Set([
  ...Object.keys(settings.shape),
  ...SECRET_VARIABLES.map((name) => `${name}_FILE`),
]);
