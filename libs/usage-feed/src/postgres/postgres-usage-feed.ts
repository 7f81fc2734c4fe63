import { fileURLToPath } from 'node:url';
import { createPool, migrate } from '@app/postgres';
import type { Pool } from 'pg';
import { LogConsumer } from '../log-consumer/log-consumer.js';
import { PartitionSpread } from '../partition-spread.js';
import { checkPublishLimits } from '../publish-limits.js';
import { FeedUnavailable, UnknownTopic } from '../usage-feed.js';
import type {
  ConsumeOptions,
  FeedConsumer,
  FeedRecord,
  HintedPosition,
  PartitionEnds,
  PublishRecord,
  PublishedRecord,
  TopicDefinition,
  TopicPartition,
  UsageFeed,
} from '../usage-feed.js';
import { FeedWakeUps } from './feed-wake-ups.js';
import { GroupCommit } from './group-commit.js';
import { PartitionDirectory, type KnownPartition } from './partition-directory.js';
import { PostgresRecordLog } from './postgres-record-log.js';
import { RecordEncoder } from './record-codec.js';
import { STATEMENTS } from './statements.js';

const POOL = { max: 8, applicationName: 'creditfold-feed', statementTimeoutMs: 30_000 } as const;
/** How long a publisher may go on with a partition count that an operator has changed. */
const METADATA_MAX_AGE_MS = 1_000;

interface HintRow extends TopicPartition {
  readonly next_offset: bigint;
}

interface TopicMetadata {
  readonly partitions: readonly KnownPartition[];
  readonly loadedAtMs: number;
}

/** The embedded feed: records in Postgres, in batches, as a log keeps them. */
export class PostgresUsageFeed implements UsageFeed {
  private readonly commits: GroupCommit;
  private readonly wakeUps: FeedWakeUps;
  private readonly spread = new PartitionSpread();
  private readonly metadata = new Map<string, TopicMetadata>();
  private readonly consumers = new Set<LogConsumer>();
  private isOpen = true;

  private constructor(private readonly pool: Pool) {
    this.commits = new GroupCommit(pool);
    this.wakeUps = new FeedWakeUps(pool);
  }

  /** Brings the schema `creditfold_feed` up to date, then opens the feed on the database at `url`. */
  static async open(url: string): Promise<PostgresUsageFeed> {
    const directory = fileURLToPath(new URL('./migrations', import.meta.url));
    await migrate(url, { directory, schema: 'creditfold_feed' });
    return new PostgresUsageFeed(createPool(url, POOL));
  }

  async ensureTopics(topics: readonly TopicDefinition[]): Promise<void> {
    for (const { topic, timestamps, partitions } of topics) {
      const { rowCount } = await this.pool.query(STATEMENTS.ensureTopic, [topic, timestamps === 'append']);
      const found = await this.pool.query(STATEMENTS.listPartitions, [[topic]]);
      // A start that died between the two statements left a topic without partitions: it is finished here.
      if (rowCount === 1 || found.rowCount === 0) await this.pool.query(STATEMENTS.addPartitions, [topic, partitions]);
    }
  }

  /** Grows a topic to `partitions`, as an operator of a broker does; the records that are there stay where they are. */
  async addPartitions(topic: string, partitions: number): Promise<void> {
    await this.pool.query(STATEMENTS.addPartitions, [topic, partitions]);
    this.metadata.delete(topic);
  }

  /** Removes a topic with its records, as an operator of a broker does. */
  async deleteTopic(topic: string): Promise<void> {
    await this.pool.query(STATEMENTS.deleteTopic, [topic]);
    this.metadata.delete(topic);
  }

  async partitionCount(topic: string): Promise<number> {
    return (await this.directory().load([topic])).length;
  }

  async publish(topic: string, records: readonly PublishRecord[]): Promise<readonly PublishedRecord[]> {
    if (!this.isOpen) throw new FeedUnavailable('The feed is closed');
    checkPublishLimits(records);
    if (records.length === 0) return [];
    const partitions = await this.partitionsOf(topic);
    const chosen = records.map((record) => this.partitionFor(record, partitions));
    const nowMs = Date.now();
    const stamps = records.map((record) => record.timestampMs ?? nowMs);
    const encoder = new RecordEncoder();
    const appends = records.map((record, index) => {
      const { id, has_append_time } = chosen[index] ?? this.partitionFor(record, partitions);
      return { partitionId: id, bytes: encoder.encode(record, has_append_time ? 0 : (stamps[index] ?? 0)) };
    });
    const appended = await this.commits.append(appends);
    return appended.map(({ offset, appendedAtMs }, index) => {
      const { partition = 0, has_append_time = true } = chosen[index] ?? {};
      return { topic, partition, offset, timestampMs: has_append_time ? appendedAtMs : (stamps[index] ?? 0) };
    });
  }

  consumer(options: ConsumeOptions): FeedConsumer {
    const consumer = new LogConsumer(this.log(), options);
    this.consumers.add(consumer);
    return consumer;
  }

  async ends(topics: readonly string[]): Promise<readonly PartitionEnds[]> {
    const found = await this.directory().load(topics);
    return found.map((row) => ({
      topic: row.topic,
      partition: row.partition,
      start: row.start_offset,
      end: row.next_offset,
    }));
  }

  async hints(topics: readonly string[]): Promise<readonly HintedPosition[]> {
    const { rows } = await this.pool.query<HintRow>({
      name: 'feed-hints',
      text: STATEMENTS.listHints,
      values: [topics],
    });
    return rows.map(({ topic, partition, next_offset }) => ({ topic, partition, nextOffset: next_offset }));
  }

  readRecord(partition: TopicPartition, offset: bigint): Promise<FeedRecord | undefined> {
    return this.log().readRecord(partition, offset);
  }

  async trim(partition: TopicPartition, nextOffset: bigint, olderThanMs: number): Promise<void> {
    await this.pool.query(STATEMENTS.trim, [await this.directory().idOf(partition), nextOffset, olderThanMs]);
  }

  async close(): Promise<void> {
    this.isOpen = false;
    await Promise.all([...this.consumers].map((consumer) => consumer.stop()));
    await this.commits.drained();
    await this.wakeUps.close();
    await this.pool.end();
  }

  /** A directory of its own for every reader: whoever asks anew sees a topic that was created again. */
  private directory(): PartitionDirectory {
    return new PartitionDirectory(this.pool);
  }

  private log(): PostgresRecordLog {
    return new PostgresRecordLog(this.pool, this.directory(), this.wakeUps);
  }

  private partitionFor(record: PublishRecord, partitions: readonly KnownPartition[]): KnownPartition {
    const found = partitions[this.spread.choose(record.key, partitions.length)];
    if (found === undefined) throw new UnknownTopic('The topic has no partitions');
    return found;
  }

  private async partitionsOf(topic: string): Promise<readonly KnownPartition[]> {
    const known = this.metadata.get(topic);
    const nowMs = performance.now();
    if (known !== undefined && nowMs - known.loadedAtMs < METADATA_MAX_AGE_MS) return known.partitions;
    try {
      const partitions = await this.directory().load([topic]);
      this.metadata.set(topic, { partitions, loadedAtMs: nowMs });
      return partitions;
    } catch (cause) {
      if (cause instanceof UnknownTopic) throw cause;
      throw new FeedUnavailable('The feed cannot be reached', { cause });
    }
  }
}
