import type { AppendOutcome, StreamAppend } from '../event-store.js';

/** One row a stream, as `append_events` answers. */
export interface AppendRow {
  readonly actual_revision: bigint;
  readonly is_appended: boolean;
  readonly repeated_position: bigint | null;
  readonly head_position: bigint;
}

/** Payload bytes of one statement; a larger call becomes several, since no stream's append depends on another's. */
const STATEMENT_BYTES_MAX = 32 * 1024 * 1024;

const bytesOf = (append: StreamAppend): number => append.events.reduce((sum, { data }) => sum + data.byteLength, 0);

/** Splits a call into parts of at most `STATEMENT_BYTES_MAX` bytes, in order, never within a stream. */
export function splitBySize(appends: readonly StreamAppend[], bytesMax = STATEMENT_BYTES_MAX): StreamAppend[][] {
  const parts: StreamAppend[][] = [];
  let bytes = Infinity;
  for (const append of appends) {
    const more = bytesOf(append);
    if (bytes + more > bytesMax) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(append);
    bytes += more;
  }
  return parts;
}

/** The parameters of `append_events`. Indexes count from 1, as arrays do in SQL. */
export function toParameters(appends: readonly StreamAppend[]): unknown[] {
  const types = new Map<string, number>();
  const [firstEvents, streams, nths, typeIndexes]: [number[], number[], number[], number[]] = [[], [], [], []];
  const [ids, payloads]: [string[], Uint8Array[]] = [[], []];
  const [starts, lengths]: [number[], number[]] = [[], []];
  let start = 1;
  appends.forEach((append, streamIndex) => {
    firstEvents.push(ids.length);
    append.events.forEach(({ id, type, data }, nth) => {
      const typeIndex = types.get(type) ?? types.size + 1;
      types.set(type, typeIndex);
      streams.push(streamIndex + 1);
      nths.push(nth + 1);
      typeIndexes.push(typeIndex);
      ids.push(id);
      payloads.push(data);
      starts.push(start);
      lengths.push(data.byteLength);
      start += data.byteLength;
    });
  });
  return [
    appends.map(({ stream }) => stream),
    appends.map(({ expectedRevision }) => expectedRevision),
    firstEvents,
    appends.map(({ events }) => events.length),
    [...types.keys()],
    streams,
    nths,
    typeIndexes,
    ids,
    starts,
    lengths,
    Buffer.concat(payloads),
  ];
}

/** Positions follow the order of events in the call, from the head that the append found. */
export function toOutcomes(appends: readonly StreamAppend[], rows: readonly AppendRow[]): AppendOutcome[] {
  let appendedCount = 0n;
  return appends.map(({ stream, expectedRevision, events }, index) => {
    const row = rows[index];
    if (row === undefined) throw new Error('the append answered fewer streams than it was given');
    const revision = expectedRevision + BigInt(events.length);
    if (row.is_appended) {
      appendedCount += BigInt(events.length);
      const position = row.head_position + appendedCount;
      return { kind: 'appended', stream, revision, position: { commit: position, prepare: position } };
    }
    const position = row.repeated_position;
    if (position === null) return { kind: 'conflict', stream, actualRevision: row.actual_revision };
    return { kind: 'appended', stream, revision, position: { commit: position, prepare: position } };
  });
}
