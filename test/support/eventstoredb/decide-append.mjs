// What EventStoreDB answers to a conditional append, from measurements of 23.10.

/** `$tb` of a stream deleted softly: its revisions go on where they were. */
export const SOFT_DELETED = 9_223_372_036_854_775_807n;

/** Data, and the type in UTF-16, as the server counts. */
export const APPEND_BYTES_MAX = 1024 * 1024;
export const sizeOf = (events) => events.reduce((sum, { type, data }) => sum + data.length + 2 * type.length, 0);

const hasIdsAt = (stream, first, events) =>
  first >= 0 && events.every(({ id }, nth) => stream.events[first + nth]?.id === id);

/** Answers `new`, `repeated` (with the last event of the first append), `wrong` (with the current revision) or `deleted`. */
export function decideAppend(stream, expected, events) {
  if (stream.isTombstoned === true) return { kind: 'deleted' };
  if (sizeOf(events) > APPEND_BYTES_MAX) return { kind: 'too-large' };
  const current = stream.events.length - 1;
  const wrong = { kind: 'wrong', current: current < 0 ? undefined : BigInt(current) };
  if (events.length === 0) return { kind: 'empty', current: wrong.current };
  const repeatedAt = (first) => ({ kind: 'repeated', last: stream.events[first + events.length - 1] });
  if (expected === 'any' || expected === 'stream_exists') {
    if (expected === 'stream_exists' && current < 0) return wrong;
    const known = events.map(({ id }) => stream.revisions.get(id));
    if (known.every((revision) => revision === undefined) === true) return { kind: 'new' };
    return hasIdsAt(stream, known[0] ?? -1, events) === true ? repeatedAt(known[0]) : wrong;
  }
  const after = expected === 'no_stream' ? -1 : Number(expected);
  if (expected === 'no_stream' && stream.truncateBefore === SOFT_DELETED) return { kind: 'new' };
  if (after === current) return { kind: 'new' };
  return after < current && hasIdsAt(stream, after + 1, events) === true ? repeatedAt(after + 1) : wrong;
}
