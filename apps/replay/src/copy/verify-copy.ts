import type { StoredEvent } from '@app/event-store';
import { eventPages } from '../audit/event-pages.js';
import { LIMITS } from '../limits.js';
import type { CopyOptions } from './copy-streams.js';
import { differenceOf, type CopyDifference } from './difference-of.js';

export type { CopyDifference } from './difference-of.js';

/** Reads both sides again and lists what differs: each event of the source, and each end of the target's streams. */
export async function verifyCopy({ from, to, until }: CopyOptions): Promise<readonly CopyDifference[]> {
  const differences: CopyDifference[] = [];
  const lasts = new Map<string, bigint>();
  for await (const page of eventPages(from, { until })) {
    for (const [stream, events] of byStream(page)) {
      const first = events[0]?.revision ?? 0n;
      const copies = await to.readStream(stream, { from: first, maxCount: events.length });
      differences.push(...events.flatMap((event, index) => differenceOf(event, copies[index]) ?? []));
      lasts.set(stream, events.at(-1)?.revision ?? -1n);
      if (differences.length >= LIMITS.findingsMax) return differences;
    }
  }
  // Whatever else is in a stream, or beside them, would be decided from, too.
  const ends = new Map<string, bigint>();
  for await (const page of eventPages(to, { until: await to.head() }))
    for (const { stream, revision } of page) ends.set(stream, revision);
  for (const [stream, revision] of ends) {
    const last = lasts.get(stream);
    if (last === undefined || revision > last)
      differences.push({ stream, revision: String(revision), detail: 'the target holds more than the source' });
  }
  return differences;
}

function byStream(page: readonly StoredEvent[]): ReadonlyMap<string, readonly StoredEvent[]> {
  const streams = new Map<string, StoredEvent[]>();
  for (const event of page) {
    const own = streams.get(event.stream) ?? [];
    own.push(event);
    streams.set(event.stream, own);
  }
  return streams;
}
