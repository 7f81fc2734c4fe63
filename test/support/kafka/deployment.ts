import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Admin, type Message, type Producer } from 'kafkajs';
import { ApiClient } from '../api-client.js';
import { eventually } from '../eventually.js';
import { runApp } from '../run-app.js';
import { drained, STANDALONE_KEY } from '../standalone.js';
import { AppProcess } from './app-process.js';
import { ProducedUsage, type ProducedEvent } from './produced-usage.js';

const CATALOG = 'examples/catalogs/getting-started.json';
const DRAIN_MS = 90_000;
export const SESSION_MS = 6_000;

/** API, projector and any number of aggregators, each a process, on one Kafka and one database. */
export class Deployment {
  readonly usage = new ProducedUsage();
  readonly topic = `usage-${randomUUID()}`;
  readonly backfillTopic = `${this.topic}.backfill`;
  readonly groupId = `creditfold-aggregator-${this.topic}`;
  readonly env: Readonly<Record<string, string>>;
  readonly aggregators: AppProcess[] = [];
  readonly #processes: AppProcess[] = [];
  #client: ApiClient | undefined;

  private constructor(
    readonly brokers: string,
    readonly admin: Admin,
    readonly producer: Producer,
    env: Readonly<Record<string, string>>,
  ) {
    this.env = {
      KAFKA_BROKERS: brokers,
      KAFKA_SESSION_TIMEOUT_MS: String(SESSION_MS),
      CREDITFOLD_TOPIC: this.topic,
      CREDITFOLD_ADMIN_KEY: STANDALONE_KEY,
      ...env,
    };
  }

  /** With a topic of so many partitions, the catalog published, a projector, and no aggregator yet. */
  static async start(options: {
    readonly brokers: string;
    readonly databaseUrl: string;
    readonly partitions: number;
    /** A file; the example's without one. */
    readonly catalog?: string;
    /** Of the processes, beside the usual ones. */
    readonly env?: Readonly<Record<string, string>>;
  }): Promise<Deployment> {
    const { brokers, databaseUrl, partitions, catalog = CATALOG, env = {} } = options;
    const kafka = new kafkajs.Kafka({
      brokers: brokers.split(','),
      clientId: 'test',
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { retries: 1_000, initialRetryTime: 100, maxRetryTime: 500 },
    });
    const admin = kafka.admin();
    const producer = kafka.producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      metadataMaxAge: 1_000,
    });
    await Promise.all([admin.connect(), producer.connect()]);
    const deployment = new Deployment(brokers, admin, producer, { DATABASE_URL: databaseUrl, ...env });
    await deployment.createTopic(partitions);
    const api = await (await deployment.#spawn('api')).ready();
    deployment.#client = new ApiClient(api.url, STANDALONE_KEY);
    const json: unknown = JSON.parse(await readFile(catalog, 'utf8'));
    const published = await deployment.client.put('/v1/catalog', { json, headers: { 'if-none-match': '*' } });
    if (published.status !== 200 && published.status !== 201) throw new Error(`no catalog: ${published.text}`);
    await (await deployment.#spawn('projector')).ready();
    return deployment;
  }

  get client(): ApiClient {
    if (this.#client === undefined) throw new Error('the API was not started');
    return this.#client;
  }

  async createTopic(numPartitions: number): Promise<void> {
    const { admin, topic } = this;
    const configEntries = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
    const topics = [{ topic, numPartitions, configEntries }];
    // A broker may not show yet what was created at the controller: the client's own wait gives up at that.
    await eventually('the topic is made', () => admin.createTopics({ topics, waitForLeaders: false }));
    await eventually('it has leaders', async () => {
      const [found] = (await admin.fetchTopicMetadata({ topics: [topic] })).topics;
      return found?.partitions.length === numPartitions && found.partitions.every(({ leader }) => leader >= 0);
    });
  }

  async addAggregator(): Promise<AppProcess> {
    const aggregator = await this.#spawn('aggregator');
    this.aggregators.push(aggregator);
    return aggregator;
  }

  /** Ends a member and forgets it; with SIGTERM cleanly (F3): one that takes ten seconds ends itself with another code. */
  async removeAggregator(
    signal: 'SIGTERM' | 'SIGKILL',
    aggregator: AppProcess | undefined = this.aggregators[0],
  ): Promise<void> {
    if (aggregator === undefined) throw new Error('there is no member to end');
    const { code, output } = await aggregator.end(signal);
    this.forget(aggregator);
    if (signal === 'SIGTERM' && code !== 0) throw new Error(`a member ended with ${code}: ${output}`);
  }

  /** Of a member that has ended by itself. */
  forget(aggregator: AppProcess): void {
    this.aggregators.splice(this.aggregators.indexOf(aggregator), 1);
  }

  async removeAll(): Promise<void> {
    while (this.aggregators.length > 0) await this.removeAggregator('SIGTERM');
  }

  /** Through a client of its own, as producers do: acknowledged when it returns. */
  async send(events: readonly ProducedEvent[]): Promise<void> {
    await this.sendRaw(events.map(({ organisation, json }) => ({ key: organisation, value: json })));
  }

  async sendRaw(messages: readonly Message[], topic = this.topic): Promise<void> {
    await this.producer.send({ topic, acks: -1, messages: [...messages] });
  }

  /** New events every moment while `during` runs, each batch of which is sent again a little later (F17). */
  async underLoad(during: () => Promise<void>): Promise<void> {
    const over = new AbortController();
    const load = (async () => {
      let before: readonly ProducedEvent[] = [];
      while (!over.signal.aborted) {
        const events = this.usage.make(100);
        await this.send(events);
        await this.send(before);
        before = events;
        await sleep(50);
      }
    })();
    // Its failure is told when it is waited for, below.
    load.catch(() => undefined);
    try {
      await during();
    } finally {
      over.abort();
      await load;
    }
  }

  drained(): Promise<void> {
    return drained(this.client, DRAIN_MS);
  }

  /** Waits until everything is decided; then what the oracle and the auditor object to (I1-I4, I7-I11). */
  async differences(): Promise<readonly string[]> {
    await this.drained();
    return [...(await this.usage.differencesAt(this.client)), ...(await this.unproven())];
  }

  /** What the auditor cannot prove; it has to have seen every event that was made, each once. */
  async unproven(events = this.usage.events): Promise<readonly string[]> {
    const { code, stdout, stderr } = await runApp('replay', ['verify', '--json'], this.env);
    if (code !== 0) return [`verify ended with ${code}: ${stderr}${stdout.slice(0, 2_000)}`];
    const { counts } = JSON.parse(stdout) as { readonly counts: { readonly usageEvents: number } };
    return counts.usageEvents === events ? [] : [`${counts.usageEvents} of ${events} events`];
  }

  async stop(): Promise<void> {
    for (const each of this.#processes) each.signal('SIGCONT');
    await Promise.all(this.#processes.map((each) => each.end('SIGKILL')));
    await this.producer.disconnect();
    const topics = [this.topic, this.backfillTopic, `${this.topic}.requeue`];
    for (const topic of topics) await this.admin.deleteTopics({ topics: [topic] }).catch(() => undefined);
    await this.admin.disconnect();
  }

  async #spawn(app: string): Promise<AppProcess> {
    const spawned = await AppProcess.spawn(app, this.env);
    this.#processes.push(spawned);
    return spawned;
  }
}
