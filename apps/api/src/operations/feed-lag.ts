import type { PartitionEnds, TopicPartition, UsageFeed } from '@app/usage-feed';
import { DecidedPositions } from './decided-positions.js';
import type { DecidedPositionsParts } from './decided-positions.js';

export interface PartitionLag extends TopicPartition {
  /** The next offset to decide. */
  readonly position: bigint;
  readonly end: bigint;
  readonly waiting: bigint;
}

export interface WrittenLag extends PartitionLag {
  readonly generation: number;
}

export interface FeedLagParts extends DecidedPositionsParts {
  readonly feed: UsageFeed;
  readonly topics: readonly string[];
}

/** How long a written position serves where a hint stands beside it, which is newer nearly always. */
const WRITTEN_SERVES_MS = 500;

interface Written {
  readonly nextOffset: bigint | undefined;
  readonly readAt: number;
}

/** How many records of each partition wait to be decided. */
export class FeedLag {
  readonly #written = new Map<string, Written>();
  #running: Promise<readonly PartitionLag[]> | undefined;
  #next: Promise<readonly PartitionLag[]> | undefined;

  constructor(private readonly parts: FeedLagParts) {}

  /**
   * Of a moment after the question, so that whoever has just sent something sees it wait; all who ask while one answer
   * is made share the next. @throws {FeedUnavailable | EventStoreUnavailable}
   */
  partitions(): Promise<readonly PartitionLag[]> {
    if (this.#running === undefined) return this.#begin();
    const begin = (): Promise<readonly PartitionLag[]> => {
      this.#next = undefined;
      return this.#begin();
    };
    this.#next ??= this.#running.then(begin, begin);
    return this.#next;
  }

  /** As `partitions`, of this very moment and by the positions alone that the partitions' streams hold. */
  async now(): Promise<readonly WrittenLag[]> {
    const ends = await this.parts.feed.ends(this.parts.topics);
    const positions = new DecidedPositions(this.parts);
    return Promise.all(
      ends.map(async (each) => {
        const { generation, nextOffset } = await positions.of(each);
        return { ...lagOf(each, nextOffset), generation };
      }),
    );
  }

  #begin(): Promise<readonly PartitionLag[]> {
    const answer = this.#hinted();
    const end = (): void => void (this.#running = undefined);
    this.#running = answer;
    answer.then(end, end);
    return answer;
  }

  /** Positions are written now and then; between two of them a consumer's hint says what is decided already. */
  async #hinted(): Promise<readonly PartitionLag[]> {
    const { feed, topics } = this.parts;
    // Before the ends: a hint beyond an end is then no newer one, but of a log that is gone.
    const hints = new Map((await feed.hints(topics)).map((hint) => [nameOf(hint), hint.nextOffset]));
    const ends = await feed.ends(topics);
    const positions = new DecidedPositions(this.parts);
    return Promise.all(
      ends.map(async (each) => {
        const hint = hints.get(nameOf(each));
        // Most partitions are caught up, or were never written to: their streams need not be read to know it.
        if (each.end === 0n || hint === each.end) return lagOf(each, each.end);
        if (hint === undefined || hint > each.end) return lagOf(each, (await positions.of(each)).nextOffset);
        const written = (await this.#recentlyWritten(each, positions)) ?? 0n;
        return lagOf(each, written > hint ? written : hint);
      }),
    );
  }

  async #recentlyWritten(partition: TopicPartition, positions: DecidedPositions): Promise<bigint | undefined> {
    const known = this.#written.get(nameOf(partition));
    if (known !== undefined && performance.now() - known.readAt < WRITTEN_SERVES_MS) return known.nextOffset;
    const readAt = performance.now();
    const { nextOffset } = await positions.of(partition);
    this.#written.set(nameOf(partition), { nextOffset, readAt });
    return nextOffset;
  }
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

function lagOf({ topic, partition, start, end }: PartitionEnds, decided: bigint | undefined): PartitionLag {
  // A partition that was never decided is read from its start; a log without records has nothing waiting.
  const position = decided ?? start;
  return { topic, partition, position, end, waiting: position < end ? end - position : 0n };
}
