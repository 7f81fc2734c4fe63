import type { FeedStream, FeedStreams, OnWarning, ParkedAccount, Parking } from '@app/accounts';
import type { UsageFeed } from '@app/usage-feed';
import { LIMITS } from '../limits.js';

/** One account, as one partition's stream parks it. */
export interface ParkedByPartition extends Parking, ParkedAccount {
  readonly organisation: string;
}

export interface ParkedAccountsParts {
  readonly feed: Pick<UsageFeed, 'partitionCount'>;
  readonly feeds: FeedStreams;
  readonly topics: readonly string[];
}

/**
 * Who is parked, by the partitions' streams, whoever owns them: commands of such accounts are refused, and operators
 * see them. The streams are followed one by one, which costs the same however much is charged meanwhile.
 */
export class ParkedAccounts {
  #streams: readonly FeedStream[] = [];
  /** Asked for with every usage event. */
  #organisations: ReadonlySet<string> = new Set();
  #looksLeft = 0;
  #following: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(private readonly parts: ParkedAccountsParts) {}

  get count(): number {
    return this.#organisations.size;
  }

  has(organisation: string): boolean {
    return this.#organisations.has(organisation);
  }

  /** In the order of organisations, then of topics and partitions. */
  list(): ParkedByPartition[] {
    const list = this.#streams.flatMap(({ partition, state }) =>
      Array.from(state.parked, ([organisation, why]) => ({ organisation, ...partition, ...why })),
    );
    return list.toSorted((one, other) => compare(one.organisation, other.organisation));
  }

  /** Reads what the streams say now. @throws {EventStoreUnavailable | FeedUnavailable} */
  look(): Promise<void> {
    this.#looking ??= this.#lookNow().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  follow(onWarning: OnWarning): void {
    this.#following ??= setInterval(() => {
      this.look().catch((error: unknown) => onWarning('Parked accounts cannot be looked for', error));
    }, LIMITS.parkedLookMs).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#following);
    this.#following = undefined;
    await this.#looking?.catch(() => undefined);
  }

  async #lookNow(): Promise<void> {
    if (this.#looksLeft > 0) {
      this.#looksLeft -= 1;
      for (const stream of this.#streams) await stream.follow();
    } else {
      // Partitions may have been added, and a recreated topic may have been accepted.
      this.#streams = await this.#open();
      this.#looksLeft = LIMITS.parkedLooksMax;
    }
    this.#organisations = new Set(this.#streams.flatMap(({ state }) => [...state.parked.keys()]));
  }

  async #open(): Promise<readonly FeedStream[]> {
    const { feed, feeds, topics } = this.parts;
    const streams: FeedStream[] = [];
    for (const topic of topics) {
      const generation = await feeds.generationOf(topic);
      const count = await feed.partitionCount(topic);
      const opening = Array.from({ length: count }, (_, partition) => feeds.open({ topic, generation, partition }));
      streams.push(...(await Promise.all(opening)));
    }
    return streams;
  }
}

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));
