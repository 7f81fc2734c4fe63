import type { ReadAllOptions, StoredEvent } from './event-store.js';

/** What reads leave out of events, for adapters whose store sends more than is asked for. */
const NO_DATA = new Uint8Array(0);
const bare = (event: StoredEvent): StoredEvent => ({ ...event, data: NO_DATA });

/** A page as `isFirstBare` wants it. */
export const withFirstBare = (events: readonly StoredEvent[]): readonly StoredEvent[] =>
  events.map((event, index) => (index === 0 ? bare(event) : event));

/** An event as `dataTypes` wants it. */
export const withWantedData = (event: StoredEvent, { dataTypes }: Pick<ReadAllOptions, 'dataTypes'>): StoredEvent =>
  dataTypes === undefined || dataTypes.includes(event.type) ? event : bare(event);

/** Whether `streamPrefixes` want events of a stream. */
export const isWanted = (stream: string, { streamPrefixes }: Pick<ReadAllOptions, 'streamPrefixes'>): boolean =>
  streamPrefixes === undefined || streamPrefixes.some((prefix) => stream.startsWith(prefix));
