import { feedEvents, feedStream } from '@app/accounts';
import type { FeedPartition, FeedStreams } from '@app/accounts';
import type { EventStore } from '@app/event-store';
import type { PartitionEnds, UsageFeed } from '@app/usage-feed';

export interface PartitionLag {
  readonly topic: string;
  readonly generation: number;
  readonly partition: number;
  /** The next offset to decide. */
  readonly position: bigint;
  readonly end: bigint;
  readonly waiting: bigint;
}

export interface FeedLagParts {
  readonly store: EventStore;
  readonly feed: UsageFeed;
  readonly feeds: Pick<FeedStreams, 'generationOf'>;
  readonly topics: readonly string[];
}

/** Positions are the usual events of a partition's stream: other kinds between two of them are few. */
const PAGE_EVENTS = 20;

/** How many records of each partition wait to be decided, by the positions that the partitions' streams hold. */
export class FeedLag {
  #running: Promise<readonly PartitionLag[]> | undefined;
  #next: Promise<readonly PartitionLag[]> | undefined;

  constructor(private readonly parts: FeedLagParts) {}

  /**
   * Of a moment after the question, so that whoever has just sent something sees it wait. Each partition costs a read:
   * all who ask while one answer is made share the next.
   * @throws {FeedUnavailable | EventStoreUnavailable}
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

  #begin(): Promise<readonly PartitionLag[]> {
    const answer = this.#hinted();
    const end = (): void => void (this.#running = undefined);
    this.#running = answer;
    answer.then(end, end);
    return answer;
  }

  /** As `partitions`, of this very moment and by written positions alone. */
  now(): Promise<readonly PartitionLag[]> {
    return this.#read();
  }

  /** Positions are written now and then; between two of them a consumer's hint says what is decided already. */
  async #hinted(): Promise<readonly PartitionLag[]> {
    const [written, hints] = await Promise.all([this.#read(), this.parts.feed.hints(this.parts.topics)]);
    const hinted = new Map(hints.map((hint) => [`${hint.topic}/${hint.partition}`, hint.nextOffset]));
    return written.map((lag) => {
      const hint = hinted.get(`${lag.topic}/${lag.partition}`);
      if (hint === undefined || hint <= lag.position || hint > lag.end) return lag;
      return { ...lag, position: hint, waiting: lag.end - hint };
    });
  }

  async #read(): Promise<readonly PartitionLag[]> {
    const { feed, feeds, topics } = this.parts;
    const generations = new Map(
      await Promise.all(topics.map(async (topic) => [topic, await feeds.generationOf(topic)] as const)),
    );
    const ends = await feed.ends(topics);
    return Promise.all(ends.map((each) => this.#lagOf(each, generations.get(each.topic) ?? 0)));
  }

  async #lagOf({ topic, partition, start, end }: PartitionEnds, generation: number): Promise<PartitionLag> {
    const decided = await this.#positionOf({ topic, generation, partition });
    // A partition that was never decided is read from its start; a log without records has nothing waiting.
    const position = decided ?? start;
    return { topic, generation, partition, position, end, waiting: position < end ? end - position : 0n };
  }

  async #positionOf(partition: FeedPartition): Promise<bigint | undefined> {
    const stream = feedStream(partition);
    let from: bigint | undefined;
    for (;;) {
      const range = from === undefined ? {} : { from };
      const page = await this.parts.store.readStream(stream, {
        ...range,
        direction: 'backwards',
        maxCount: PAGE_EVENTS,
      });
      for (const stored of page) {
        const { event } = feedEvents.decode(stored);
        if (event.type === 'FeedPositionRecorded') return event.nextOffset;
      }
      const oldest = page.at(-1);
      if (!oldest || oldest.revision === 0n) return undefined;
      from = oldest.revision - 1n;
    }
  }
}
