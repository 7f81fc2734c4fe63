import type { FeedStreams } from '@app/accounts';
import type { UsageFeed } from '@app/usage-feed';
import { allTopics, type Topics } from '../topics.js';
import type { ParkedAccounts } from './parked-accounts.js';
import type { Partitions } from './partitions.js';

interface OverviewParts {
  readonly feed: UsageFeed;
  readonly topics: Topics;
  readonly streams: FeedStreams;
  readonly partitions: Partitions;
  readonly parked: ParkedAccounts;
}

/** What the partitions' streams say together, whoever owns them. */
export interface FeedView {
  /** The written mark that every partition of the live topic and of our own feed has passed; null while one has none. */
  readonly closingMarkMs: number | null;
  readonly livePartitions: number;
}

/** Reads what is written of all partitions: cycles close by that alone, never by what a process has in mind. */
export class FeedOverview {
  constructor(private readonly parts: OverviewParts) {}

  /** @throws {EventStoreUnavailable | FeedUnavailable | AccountBroken} */
  async read(): Promise<FeedView> {
    const { feed, topics } = this.parts;
    let closingMarkMs: number | null = Number.POSITIVE_INFINITY;
    let livePartitions = 0;
    for (const topic of allTopics(topics)) {
      const count = await feed.partitionCount(topic);
      if (topic === topics.live) livePartitions = count;
      const marks = await this.#marksOf(topic, count);
      // A backfill holds nothing back; its streams are read for the accounts that they park.
      if (topic === topics.backfill) continue;
      for (const markMs of marks)
        closingMarkMs = markMs === null || closingMarkMs === null ? null : Math.min(closingMarkMs, markMs);
    }
    return { closingMarkMs: Number.isFinite(closingMarkMs ?? 0) ? closingMarkMs : null, livePartitions };
  }

  async #marksOf(topic: string, count: number): Promise<readonly (number | null)[]> {
    const { partitions, streams, parked } = this.parts;
    const marks: (number | null)[] = [];
    let generation: number | undefined;
    for (let partition = 0; partition < count; partition += 1) {
      const owned = partitions.find({ topic, partition });
      if (owned !== undefined && !owned.isLost) {
        marks.push(owned.stream.state.position?.markMs ?? null);
        continue;
      }
      generation ??= await streams.generationOf(topic);
      const state = await streams.read({ topic, generation, partition });
      parked.replace(`${topic}/${partition}`, state.parked);
      marks.push(state.position?.markMs ?? null);
    }
    return marks;
  }
}
