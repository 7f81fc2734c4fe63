import { GroupedReads, readTexts } from '@app/postgres';
import type { Pool } from 'pg';
import type { StoredEvent } from '../event-store.js';
import { boundOf, toEvent, toEventRow, type EventTexts } from './event-rows.js';
import { STATEMENTS } from './statements.js';

/** Events of one stream that the statement (which names this number) answers: whoever is further behind reads a page. */
const EVENTS_MAX = 4;

interface Followed {
  readonly stream: string;
  readonly from: bigint;
}

/** First, which of the streams that were asked for it is of, from 1. */
type FollowedRow = readonly [nth: string, ...EventTexts];

/** What follows known events: asked before every answer and decision, and mostly nothing does. One statement for all. */
export class FollowedStreams {
  readonly #reads: GroupedReads<Followed, readonly StoredEvent[]>;

  constructor(private readonly pool: Pool) {
    this.#reads = new GroupedReads<Followed, readonly StoredEvent[]>((followed) => this.#read(followed));
  }

  /** As `readStream` with `isFirstBare`; undefined where the page may have more events than are read here. */
  async read({
    stream,
    from,
    maxCount,
  }: Followed & { readonly maxCount: number }): Promise<readonly StoredEvent[] | undefined> {
    if (maxCount < EVENTS_MAX) return undefined;
    const events = await this.#reads.ask({ stream, from });
    return events.length < EVENTS_MAX ? events : undefined;
  }

  async #read(followed: readonly Followed[]): Promise<readonly StoredEvent[][]> {
    const streams = followed.map(({ stream }) => stream);
    const revisions = followed.map(({ from }) => boundOf(from));
    const values = [streams, revisions];
    const rows = await readTexts<FollowedRow>(this.pool, STATEMENTS.followStreams, values);
    const events = followed.map((): StoredEvent[] => []);
    for (const [nth, ...row] of rows) events[Number(nth) - 1]?.push(toEvent(toEventRow(row)));
    return events;
  }
}
