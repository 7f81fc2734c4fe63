import type { ApiClient } from '../api-client.js';
import { eventually } from '../eventually.js';
import { BATCH_EVENTS, figuresOfAcknowledged, figuresOfService, Producer } from '../producer.js';
import { runApp, type CommandResult } from '../run-app.js';
import { drained, startStandalone, type StandaloneProcess } from '../standalone.js';
import { FaultyProxy } from './faulty-proxy.js';
import { RestartablePostgres } from './restartable-postgres.js';

const PRODUCERS = ['one', 'two', 'three'];
const DRAIN_MS = 90_000;

/** Aggregator, projector and API on the embedded feed, and a faulty network between them and a Postgres of their own. */
export class DeploymentOnPostgres {
  readonly #producers: Producer[] = [];

  private constructor(
    readonly postgres: RestartablePostgres,
    readonly proxy: FaultyProxy,
    readonly app: StandaloneProcess,
  ) {}

  static async start(
    options: {
      /** Of the server. */
      readonly settings?: Readonly<Record<string, string>>;
      /** How long a statement may take: what a minute of silence is to an installation, a second is to a test. */
      readonly statementTimeoutMs?: number;
    } = {},
  ): Promise<DeploymentOnPostgres> {
    const { settings, statementTimeoutMs = 10_000 } = options;
    const postgres = await RestartablePostgres.start(settings);
    const proxy = await FaultyProxy.start(postgres.url);
    const DATABASE_URL = proxy.through(postgres.url, { statement_timeout: String(statementTimeoutMs) });
    try {
      return new DeploymentOnPostgres(postgres, proxy, await startStandalone({ env: { DATABASE_URL } }));
    } catch (error) {
      await Promise.all([proxy.stop(), postgres.stop()]);
      throw error;
    }
  }

  get client(): ApiClient {
    return this.app.client;
  }

  /** Publishes usage, each batch until it is acknowledged, before, during and after the fault; then until all is decided. */
  async underLoad(fault: () => Promise<void>): Promise<void> {
    const name = `${this.#producers.length}-`;
    const producers = PRODUCERS.map((each) => new Producer(() => this.client, `${name}${each}`));
    this.#producers.push(...producers);
    try {
      await progress(producers);
      await fault();
      await progress(producers);
    } finally {
      await Promise.all(producers.map((producer) => producer.end()));
    }
    await drained(this.client, DRAIN_MS);
  }

  /** What the producers of the load under way were answered last. */
  get lastStatuses(): readonly number[] {
    return this.#producers.slice(-PRODUCERS.length).map(({ lastStatus }) => lastStatus);
  }

  /** Events that producers were told 202 of, so far. */
  get acknowledged(): number {
    return this.#producers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
  }

  async restartPostgres(): Promise<void> {
    await this.postgres.startAgain();
    this.proxy.pointTo(this.postgres.url);
  }

  /**
   * What producers were told and what both read models say, to the last event and credit; what is in quarantine; and
   * whether the process is the one that was started.
   */
  async figures(): Promise<object> {
    const quarantine = (await this.client.get('/v1/quarantine')).json() as { readonly items: readonly unknown[] };
    return {
      charged: await figuresOfService(this.client),
      quarantine: quarantine.items,
      isRunning: this.app.isRunning,
    };
  }

  /** The same, if every acknowledged event was charged once. */
  get figuresDue(): object {
    return { charged: figuresOfAcknowledged(this.#producers), quarantine: [], isRunning: true };
  }

  /** The auditor's exit code and words: from the streams alone, and every row of the read models. */
  verified(): Promise<CommandResult> {
    return runApp('replay', ['verify'], { DATABASE_URL: this.postgres.url });
  }

  async stop(): Promise<void> {
    await this.app.end('SIGKILL');
    await this.proxy.stop();
    await this.postgres.stop();
  }
}

/** Resolves when every producer has had two more batches acknowledged: one may have been under way. */
async function progress(producers: readonly Producer[]): Promise<void> {
  const before = producers.map(({ acknowledged }) => acknowledged.length);
  await eventually('usage is taken', () =>
    producers.every(({ acknowledged }, nth) => acknowledged.length > (before[nth] ?? 0) + BATCH_EVENTS),
  );
}
