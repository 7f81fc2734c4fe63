import { feedEvents, feedStream } from '@app/accounts';
import type { FeedPartition, FeedStreams } from '@app/accounts';
import type { EventStore } from '@app/event-store';
import type { TopicPartition } from '@app/usage-feed';

export interface DecidedPositionsParts {
  readonly store: EventStore;
  readonly feeds: Pick<FeedStreams, 'generationOf'>;
}

export interface DecidedPosition {
  readonly generation: number;
  /** The next offset to decide, as it was last written; undefined where nothing was. */
  readonly nextOffset: bigint | undefined;
}

/** Positions are the usual events of a partition's stream: other kinds between two of them are few. */
const PAGE_EVENTS = 20;

/** What the partitions' streams say of how far they are decided. A look at one moment: make a new one for another. */
export class DecidedPositions {
  readonly #generations = new Map<string, Promise<number>>();

  constructor(private readonly parts: DecidedPositionsParts) {}

  /** @throws {EventStoreUnavailable} */
  async of({ topic, partition }: TopicPartition): Promise<DecidedPosition> {
    const generation = await this.#generationOf(topic);
    return { generation, nextOffset: await this.#read({ topic, generation, partition }) };
  }

  #generationOf(topic: string): Promise<number> {
    const known = this.#generations.get(topic) ?? this.parts.feeds.generationOf(topic);
    this.#generations.set(topic, known);
    return known;
  }

  async #read(partition: FeedPartition): Promise<bigint | undefined> {
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
