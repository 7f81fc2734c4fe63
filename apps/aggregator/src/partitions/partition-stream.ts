import { isDeepStrictEqual } from 'node:util';
import {
  Fenced,
  feedEvents,
  feedStream,
  type FeedEvent,
  type FeedPartition,
  type FeedState,
  type FeedStream,
  type FeedStreams,
} from '@app/accounts';
import { EventStoreUnavailable, type EventStore } from '@app/event-store';
import { BackOff } from '../deciding/back-off.js';
import type { AggregatorSettings } from '../settings.js';

/** Another process has taken the partition over: this one stops it, and changes nothing more of it (I7). */
export class PartitionLost extends Error {
  override readonly name = 'PartitionLost';
  readonly code = 'PartitionLost';
}

export interface PartitionStreamParts {
  readonly store: EventStore;
  readonly streams: FeedStreams;
  /** As the streams write it into `FeedAssigned`. */
  readonly process: string;
  readonly nowMs: () => number;
  readonly settings: AggregatorSettings;
  readonly signal: AbortSignal;
}

const PAGE_EVENTS = 256;

/** The stream of a partition that we own: its appends survive outages and unknown outcomes, and end with ownership. */
export class PartitionStream {
  #stream: FeedStream;
  #turn: Promise<void> = Promise.resolve();

  private constructor(
    readonly partition: FeedPartition,
    private readonly parts: PartitionStreamParts,
    assigned: FeedStream,
  ) {
    this.#stream = assigned;
  }

  /** Takes the partition over: the owner before it is fenced from here on. @throws {Fenced | EventStoreUnavailable} */
  static async assign(partition: FeedPartition, parts: PartitionStreamParts): Promise<PartitionStream> {
    return new PartitionStream(partition, parts, await parts.streams.assign(partition, parts.nowMs()));
  }

  get state(): FeedState {
    return this.#stream.state;
  }

  /** Appends in turn, until it is known to be there. @throws {PartitionLost | Stopping} */
  append(events: readonly FeedEvent[]): Promise<void> {
    const appended = this.#turn.then(() => this.#appendNow(events));
    this.#turn = appended.catch(() => undefined);
    return appended;
  }

  async #appendNow(events: readonly FeedEvent[]): Promise<void> {
    const backOff = new BackOff(this.parts.settings, this.parts.signal);
    for (;;) {
      try {
        await this.#stream.append(events);
        return;
      } catch (error) {
        if (!isUncertain(error)) throw error;
      }
      if (await this.#wasWritten(events, backOff)) return;
    }
  }

  /**
   * Finds out what became of an append: an outage may hide that it succeeded, and a fence may be another process that
   * only noted something in the stream. Ends as the owner again. @throws {PartitionLost}
   */
  async #wasWritten(events: readonly FeedEvent[], backOff: BackOff): Promise<boolean> {
    const { streams, nowMs, process } = this.parts;
    for (;;) {
      try {
        const later = await this.#readAfter(this.#stream.revision);
        const taker = later.find((event) => event.type === 'FeedAssigned' && event.process !== process);
        if (taker !== undefined)
          throw new PartitionLost(`${feedStream(this.partition)} belongs to another process now`);
        this.#stream = await streams.assign(this.partition, nowMs());
        const last = events.at(-1);
        return later.some((event) => isDeepStrictEqual(event, last));
      } catch (error) {
        if (!isUncertain(error)) throw error;
        await backOff.wait();
      }
    }
  }

  async #readAfter(revision: bigint): Promise<readonly FeedEvent[]> {
    const later: FeedEvent[] = [];
    for (let from = revision + 1n; ; from += BigInt(PAGE_EVENTS)) {
      const page = await this.parts.store.readStream(feedStream(this.partition), { from, maxCount: PAGE_EVENTS });
      for (const stored of page) later.push(feedEvents.decode(stored).event);
      if (page.length < PAGE_EVENTS) return later;
    }
  }
}

const isUncertain = (error: unknown): boolean => error instanceof Fenced || error instanceof EventStoreUnavailable;
