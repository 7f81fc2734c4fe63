import kafkajs from 'kafkajs';
import { BackOff } from '../log-consumer/pause.js';
import {
  FeedUnavailable,
  UnknownTopic,
  type HintedPosition,
  type PartitionEnds,
  type TopicDefinition,
} from '../usage-feed.js';
import { AdminClients } from './admin-clients.js';
import { KAFKA_LIMITS, type KafkaConfig } from './kafka-config.js';
import { settingsOf, unsafeSettings, unsafeTopic } from './topic-safety.js';

/** The subject of questions about groups. */
const GROUPS = 'groups';

/** What is asked about topics and groups. */
export class KafkaAdmin {
  private readonly clients: AdminClients;
  private readonly running = new Map<string, Promise<readonly PartitionEnds[]>>();
  private readonly waiting = new Map<string, Promise<readonly PartitionEnds[]>>();

  constructor(private readonly config: KafkaConfig) {
    this.clients = new AdminClients(config);
  }

  /** @throws {UnsafeTopic} before anything is created */
  async ensureTopics(definitions: readonly TopicDefinition[]): Promise<void> {
    const missing: TopicDefinition[] = [];
    for (const definition of definitions) {
      if (await this.exists(definition.topic)) await this.refuseUnsafe(definition);
      else missing.push(definition);
    }
    for (const definition of missing) await this.create(definition);
  }

  /** @throws {UnknownTopic} @throws {FeedUnavailable} */
  async partitionCount(topic: string): Promise<number> {
    const { topics } = await this.clients.ask(topic, (admin) => admin.fetchTopicMetadata({ topics: [topic] }));
    const count = topics[0]?.partitions.length ?? 0;
    if (count === 0) throw new UnknownTopic(`There is no topic ${topic}`);
    return count;
  }

  /**
   * Bounds of every partition, as they are at a moment after the call: concurrent callers share one request, but never
   * one that was under way when they came. @throws {UnknownTopic} @throws {FeedUnavailable}
   */
  ends(topic: string): Promise<readonly PartitionEnds[]> {
    const next = this.waiting.get(topic);
    if (next !== undefined) return next;
    const current = this.running.get(topic);
    if (current === undefined) return this.runEnds(topic);
    const after = current
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        this.waiting.delete(topic);
        return this.runEnds(topic);
      });
    this.waiting.set(topic, after);
    return after;
  }

  deleteGroup(groupId: string): Promise<unknown> {
    return this.clients.ask(GROUPS, (admin) => admin.deleteGroups([groupId]));
  }

  /** What a group has committed; partitions without a commit are left out. @throws {FeedUnavailable} */
  async groupOffsets(groupId: string, topics: readonly string[]): Promise<readonly HintedPosition[]> {
    const found = await this.clients.ask(GROUPS, (admin) => admin.fetchOffsets({ groupId, topics: [...topics] }));
    return found.flatMap(({ topic, partitions }) =>
      partitions
        .filter(({ offset }) => offset !== '-1')
        .map(({ partition, offset }) => ({ topic, partition, nextOffset: BigInt(offset) })),
    );
  }

  close(): Promise<void> {
    return this.clients.close();
  }

  private runEnds(topic: string): Promise<readonly PartitionEnds[]> {
    const run = this.fetchEnds(topic).finally(() => {
      if (this.running.get(topic) === run) this.running.delete(topic);
    });
    this.running.set(topic, run);
    return run;
  }

  private async fetchEnds(topic: string): Promise<readonly PartitionEnds[]> {
    const count = await this.partitionCount(topic);
    const ends = await this.clients.ask(topic, async (admin) => {
      const found = await admin.fetchTopicOffsets(topic);
      if (found.length !== count) throw new Error(`The client knows ${found.length} of ${count} partitions`);
      return found;
    });
    return ends
      .map(({ partition, low, high }) => ({ topic, partition, start: BigInt(low), end: BigInt(high) }))
      .toSorted((one, other) => one.partition - other.partition);
  }

  private async exists(topic: string): Promise<boolean> {
    try {
      await this.partitionCount(topic);
      return true;
    } catch (error) {
      if (error instanceof UnknownTopic) return false;
      throw error;
    }
  }

  private async create(definition: TopicDefinition): Promise<void> {
    const { topic, partitions } = definition;
    const configEntries = Object.entries(settingsOf(definition)).map(([name, value]) => ({ name, value }));
    await this.clients.ask(topic, (admin) =>
      admin.createTopics({
        topics: [{ topic, numPartitions: partitions, configEntries }],
        // The client takes a broker that does not know the topic yet for a failure.
        waitForLeaders: false,
        timeout: KAFKA_LIMITS.requestTimeoutMs,
      }),
    );
    await this.appears(topic);
    // Another process may have been quicker, and a cluster may have overruled a setting.
    await this.refuseUnsafe(definition);
  }

  private async appears(topic: string): Promise<void> {
    const signal = AbortSignal.timeout(KAFKA_LIMITS.requestTimeoutMs);
    const backOff = new BackOff();
    while (!(await this.exists(topic))) {
      if (signal.aborted) throw new FeedUnavailable(`The topic ${topic} was created and does not appear`);
      await backOff.wait(signal);
    }
  }

  private async refuseUnsafe(definition: TopicDefinition): Promise<void> {
    const { topic } = definition;
    const { resources } = await this.clients.ask(topic, (admin) =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name: topic,
            configNames: ['cleanup.policy', 'retention.ms', 'retention.bytes'],
          },
        ],
      }),
    );
    const entries = resources.flatMap(({ configEntries }) => configEntries);
    const settings = Object.fromEntries(entries.map(({ configName, configValue }) => [configName, configValue]));
    const mended = unsafeSettings(definition, settings);
    if (Object.keys(mended).length > 0) throw unsafeTopic(topic, mended, this.config.brokers.join(','));
  }
}
