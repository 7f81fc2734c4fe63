import type { RecordedEvent } from '@eventstore/db-client';
import type { StoredEvent } from '../event-store.js';

/** The server's own events, which no caller of the port wrote: statistics, metadata, tombstones, links. */
export const isSystemEvent = ({ type, streamId }: RecordedEvent): boolean =>
  type.startsWith('$') || streamId.startsWith('$');

/** What the port calls an event. A foreign writer's JSON comes back as its text. */
export function toStoredEvent(event: RecordedEvent): StoredEvent {
  const { id, type, streamId, revision, position, created } = event;
  if (position === undefined) throw new Error('the server gave an event without a position');
  const data = event.isJson ? new TextEncoder().encode(JSON.stringify(event.data)) : event.data;
  return { id: id.toLowerCase(), type, data, stream: streamId, revision, position, recordedAt: created };
}
