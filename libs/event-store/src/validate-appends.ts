import { InvalidAppend, LIMITS } from './event-store.js';
import type { StreamAppend } from './event-store.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function refuse(stream: string, why: string): never {
  throw new InvalidAppend(`append to ${JSON.stringify(stream.slice(0, 80))}: ${why}`);
}

function validateStreamName(stream: string): void {
  if (stream === '') refuse(stream, 'the stream has no name');
  if (stream.length > LIMITS.streamNameMax) refuse(stream, `its name exceeds ${LIMITS.streamNameMax} characters`);
  // Neither survives the way to a database and back.
  if (stream.includes('\0') || /\p{Surrogate}/u.test(stream)) refuse(stream, 'its name is not well-formed text');
}

function validateEvents({ stream, events }: StreamAppend): void {
  if (events.length === 0) refuse(stream, 'no events');
  let bytes = 0;
  for (const { id, type, data } of events) {
    if (!UUID.test(id)) refuse(stream, `${JSON.stringify(id.slice(0, 80))} is not a UUID`);
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(type) || type.length > LIMITS.typeMax)
      refuse(stream, 'an event without a fit type');
    if (data.byteLength > LIMITS.eventBytesMax) refuse(stream, `an event exceeds ${LIMITS.eventBytesMax} bytes`);
    bytes += data.byteLength;
  }
  if (events.length > 1 && new Set(events.map(({ id }) => id.toLowerCase())).size < events.length)
    refuse(stream, 'an id stands twice');
  if (bytes > LIMITS.appendBytesMax) refuse(stream, `the events exceed ${LIMITS.appendBytesMax} bytes`);
}

/** Every adapter calls this before it touches anything. @throws {InvalidAppend} */
export function validateAppends(appends: readonly StreamAppend[]): void {
  if (appends.length > LIMITS.appendStreamsMax) throw new InvalidAppend(`more than ${LIMITS.appendStreamsMax} streams`);
  const streams = new Set<string>();
  for (const append of appends) {
    validateStreamName(append.stream);
    if (streams.has(append.stream)) refuse(append.stream, 'the stream stands twice in one call');
    streams.add(append.stream);
    if (append.expectedRevision < -1n) refuse(append.stream, 'a revision below that of no stream');
    validateEvents(append);
  }
}

/** @throws {RangeError} for a page size outside of 1 to `LIMITS.readEventsMax` */
export function validateMaxCount(maxCount: number): void {
  if (!Number.isInteger(maxCount) || maxCount < 1 || maxCount > LIMITS.readEventsMax) {
    throw new RangeError(`maxCount ${maxCount} is not between 1 and ${LIMITS.readEventsMax}`);
  }
}
