import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '@app/event-store';
import { feedEvents, type FeedEvent, type Parking, type UnparkRequested } from '../codec/feed-events.js';
import { Fenced } from '../errors.js';
import { feedStream, type FeedPartition } from './feed-state.js';
import type { FeedStreams } from './feed-streams.js';

export interface UnparkRequestsOptions {
  readonly store: EventStore;
  readonly streams: FeedStreams;
  /** The live topic, after which the stream of requests is named. */
  readonly topic: string;
}

const PAGE_EVENTS = 256;

/**
 * What operators asked to be unparked, in a stream of its own: whoever takes the request owns no partition, and an
 * append to a partition's stream would fence its owner. The owners read it and do what concerns them.
 */
export class UnparkRequests {
  readonly #partition: FeedPartition;
  readonly #asked = new Set<string>();
  #next = 0n;

  constructor(private readonly options: UnparkRequestsOptions) {
    this.#partition = { topic: `${options.topic}.unpark`, generation: 0, partition: 0 };
  }

  /** Resolves when the request is written. @throws {EventStoreUnavailable} */
  async ask(request: Omit<UnparkRequested, 'type'>): Promise<void> {
    await appendInTurn(this.options.streams, this.#partition, { type: 'UnparkRequested', ...request });
  }

  /** Reads what was asked since. @throws {EventStoreUnavailable} */
  async refresh(): Promise<void> {
    for (;;) {
      const options = { from: this.#next, maxCount: PAGE_EVENTS };
      const page = await this.options.store.readStream(feedStream(this.#partition), options);
      for (const stored of page) {
        const { event } = feedEvents.decode(stored);
        if (event.type === 'UnparkRequested') for (const parking of event.parkings) this.#asked.add(keyOf(parking));
        this.#next = stored.revision + 1n;
      }
      if (page.length < PAGE_EVENTS) return;
    }
  }

  /** Whether an operator asked to end this very parking, not an earlier or later one. */
  has(parking: Parking): boolean {
    return this.#asked.has(keyOf(parking));
  }
}

const keyOf = ({ fromOffset, ...partition }: Parking): string => `${feedStream(partition)}@${fromOffset}`;

const ATTEMPTS_MAX = 50;
const PAUSE_MS = 5;

/** Appends to a stream that several processes write now and then: one that another was faster than tries again. */
export async function appendInTurn(
  streams: FeedStreams,
  partition: FeedPartition,
  event: FeedEvent & { readonly atMs: number },
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const stream = await streams.assign(partition, event.atMs);
      return await stream.append([event]);
    } catch (error) {
      if (!(error instanceof Fenced) || attempt === ATTEMPTS_MAX) throw error;
      await sleep(Math.random() * PAUSE_MS * attempt);
    }
  }
}
