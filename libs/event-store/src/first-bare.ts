import type { StoredEvent } from './event-store.js';

const NO_DATA = new Uint8Array(0);

/** A page whose first event has lost its data, as `isFirstBare` asks for where the store itself sends it all. */
export const withFirstBare = (events: readonly StoredEvent[]): readonly StoredEvent[] =>
  events.map((event, index) => (index === 0 ? { ...event, data: NO_DATA } : event));
