import type { EventStore, GlobalPosition, ReadAllOptions } from '@app/event-store';
import { READ_MODEL_LIMITS } from '../limits.js';
import { StoreSource, type EventSource, type ReadPage } from './event-source.js';
import { ACCOUNT_STREAMS, FEED_STREAMS } from './projection.js';

/** Of which the lanes together want the events. */
const STREAM_PREFIXES = [ACCOUNT_STREAMS, FEED_STREAMS];

interface HeldPage extends ReadPage {
  /** The page holds what lies behind this. */
  readonly after: GlobalPosition;
  readonly bytes: number;
}

/**
 * One reading of a store for several lanes that are about as far: the first one's pages are kept for the others for a
 * while, with what was decoded of them. A lane that is further behind reads for itself.
 */
export class SharedSource implements EventSource {
  readonly #store: StoreSource;
  /** Oldest first; each begins where the one before ends. */
  #pages: HeldPage[] = [];
  #bytes = 0;
  #turn: Promise<unknown> = Promise.resolve();
  /** Counted up by `forget`: a page that was being read then is not kept. */
  #epoch = 0;

  constructor(store: Pick<EventStore, 'readAll'>) {
    this.#store = new StoreSource(store);
  }

  /** Lanes wake together and take turns: the second one finds the page that the first one has read. */
  read({ after, maxCount }: ReadAllOptions): Promise<ReadPage> {
    const reading = this.#turn.then(() => this.#held(after, maxCount) ?? this.#readOn(after, maxCount));
    this.#turn = reading.catch(() => undefined);
    return reading;
  }

  forget(): void {
    this.#epoch += 1;
    this.#clear();
  }

  #held(after: GlobalPosition, maxCount: number): ReadPage | undefined {
    const held = this.#pages.find((page) => page.after.commit <= after.commit && after.commit < page.position.commit);
    return held && restOf(held, after, maxCount);
  }

  async #readOn(after: GlobalPosition, maxCount: number): Promise<ReadPage> {
    const epoch = this.#epoch;
    const page = await this.#store.read({ after, maxCount, streamPrefixes: STREAM_PREFIXES });
    if (epoch === this.#epoch) this.#keep({ ...page, after, bytes: bytesOf(page) });
    return page;
  }

  #clear(): void {
    this.#pages = [];
    this.#bytes = 0;
  }

  #keep(page: HeldPage): void {
    const newest = this.#pages.at(-1);
    // Nobody waits for what an empty page holds, nor for what somebody far behind has read.
    if (page.events.length === 0 || (newest !== undefined && page.after.commit < newest.position.commit)) return;
    if (newest !== undefined && page.after.commit !== newest.position.commit) this.#clear();
    this.#pages.push(page);
    this.#bytes += page.bytes;
    while (this.#bytes > READ_MODEL_LIMITS.sharedBytesMax || this.#pages.length > READ_MODEL_LIMITS.sharedPagesMax)
      this.#bytes -= this.#pages.shift()?.bytes ?? 0;
  }
}

const bytesOf = ({ events }: ReadPage): number => events.reduce((sum, { stored }) => sum + stored.data.length, 0);

/** What a page holds behind a position, up to so many events. */
function restOf({ events, position, isEnd }: HeldPage, after: GlobalPosition, maxCount: number): ReadPage {
  const rest = events.filter(({ stored }) => stored.position.commit > after.commit);
  const last = rest[maxCount - 1];
  if (last === undefined || rest.length === maxCount) return { events: rest, position, isEnd };
  return { events: rest.slice(0, maxCount), position: last.stored.position, isEnd: false };
}
