import { START, type EventStore, type GlobalPosition, type StoredEvent } from '@app/event-store';
import { LIMITS } from '../limits.js';

/** Pages of all streams up to a position, or of one stream; the next page is read while this one is being checked. */
export async function* eventPages(
  store: EventStore,
  from: { readonly until: GlobalPosition } | { readonly stream: string },
): AsyncGenerator<readonly StoredEvent[]> {
  const size = new PageSize();
  let next =
    'stream' in from ? readStreamPage(store, from.stream, 0n, size.events) : readAllPage(store, START, size.events);
  for (;;) {
    const page = await next;
    size.adapt(page.events);
    const isEnd = page.isEnd || ('until' in from && page.position.commit >= from.until.commit);
    if (!isEnd) {
      next =
        'stream' in from
          ? readStreamPage(store, from.stream, page.nextRevision, size.events)
          : readAllPage(store, page.position, size.events);
      // Whoever stops reading leaves this page behind; its failure is then nobody's.
      next.catch(() => undefined);
    }
    yield 'until' in from ? page.events.filter(({ position }) => position.commit <= from.until.commit) : page.events;
    if (isEnd) return;
  }
}

interface Page {
  readonly events: readonly StoredEvent[];
  readonly position: GlobalPosition;
  readonly nextRevision: bigint;
  readonly isEnd: boolean;
}

async function readAllPage(store: EventStore, after: GlobalPosition, maxCount: number): Promise<Page> {
  return { ...(await store.readAll({ after, maxCount })), nextRevision: 0n };
}

async function readStreamPage(store: EventStore, stream: string, from: bigint, maxCount: number): Promise<Page> {
  const events = await store.readStream(stream, { from, maxCount });
  const nextRevision = (events.at(-1)?.revision ?? from) + 1n;
  return { events, position: START, nextRevision, isEnd: events.length < maxCount };
}

/** How many events a page asks for, so that it has about as many bytes as it should. */
class PageSize {
  events: number = LIMITS.pageEventsMin;

  adapt(page: readonly StoredEvent[]): void {
    const bytes = page.reduce((sum, { data }) => sum + data.length, 0);
    const fit = bytes === 0 ? LIMITS.pageEventsMax : Math.floor((page.length * LIMITS.pageBytesTarget) / bytes);
    // Grows step by step: the events to come may be larger.
    this.events = Math.max(LIMITS.pageEventsMin, Math.min(LIMITS.pageEventsMax, this.events * 4, fit));
  }
}
