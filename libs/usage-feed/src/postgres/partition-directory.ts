import type { Pool } from 'pg';
import { UnknownTopic, type TopicPartition } from '../usage-feed.js';
import { STATEMENTS } from './statements.js';

export interface KnownPartition extends TopicPartition {
  readonly id: number;
  readonly has_append_time: boolean;
  readonly start_offset: bigint;
  readonly next_offset: bigint;
}

/**
 * Names and ids of partitions. An id is remembered for good: a topic that is created again gets other ids, and a
 * reader of the old one then finds nothing instead of somebody else's records.
 */
export class PartitionDirectory {
  private readonly ids = new Map<string, number>();

  constructor(private readonly pool: Pool) {}

  /** Every partition of these topics as it is now. @throws {UnknownTopic} */
  async load(topics: readonly string[]): Promise<readonly KnownPartition[]> {
    const { rows } = await this.pool.query<KnownPartition>({
      name: 'feed-partitions',
      text: STATEMENTS.listPartitions,
      values: [topics],
    });
    for (const topic of topics) {
      if (!rows.some((row) => row.topic === topic)) throw new UnknownTopic(`There is no topic ${topic}`);
    }
    for (const row of rows) {
      const name = `${row.topic}/${row.partition}`;
      if (!this.ids.has(name)) this.ids.set(name, row.id);
    }
    return rows;
  }

  knownId({ topic, partition }: TopicPartition): number | undefined {
    return this.ids.get(`${topic}/${partition}`);
  }

  async idOf(partition: TopicPartition): Promise<number> {
    const known = this.knownId(partition);
    if (known !== undefined) return known;
    await this.load([partition.topic]);
    const found = this.knownId(partition);
    if (found === undefined) throw new UnknownTopic(`${partition.topic} has no partition ${partition.partition}`);
    return found;
  }
}
