import { randomUUID } from 'node:crypto';
import { NO_STREAM } from '@app/event-store';
import type { NewEvent, StreamAppend } from '@app/event-store';

/** An event with an id of its own, of as many bytes. */
export const noted = (bytes = 3): NewEvent => ({
  id: randomUUID(),
  type: 'Noted',
  data: new Uint8Array(bytes).fill(7),
});

/** One new event behind `expectedRevision`. */
export const appendTo = (stream: string, expectedRevision = NO_STREAM): StreamAppend => ({
  stream,
  expectedRevision,
  events: [noted()],
});
