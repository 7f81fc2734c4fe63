import { NO_STREAM, type AppendOutcome, type StreamAppend } from '../event-store.js';

/**
 * As `append_to_streams` answers: under number 0 the head before the append, then each stream that was not at the expected
 * revision, by its number from 1 on, with the position where an equal earlier append ended, if one did.
 */
export interface AppendRow {
  readonly stream_number: number;
  readonly actual_revision: bigint | null;
  readonly known_position: bigint | null;
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

/** Numbers and UUIDs as an array in SQL's text: a driver quotes and searches each element. */
const arrayOf = (values: readonly (number | bigint | string)[]): string => `{${values.join()}}`;

/** The parameters of `append_to_streams`. Indexes count from 1, as arrays do in SQL. */
export function toParameters(appends: readonly StreamAppend[]): unknown[] {
  const types: string[] = [];
  const [revisions, firstEvents, counts]: [bigint[], number[], number[]] = [[], [], []];
  const [streams, typeNumbers, ids]: [number[], number[], string[]] = [[], [], []];
  const [starts, lengths, payloads]: [number[], number[], Uint8Array[]] = [[], [], []];
  let start = 1;
  for (const { expectedRevision, events } of appends) {
    revisions.push(expectedRevision);
    firstEvents.push(ids.length);
    counts.push(events.length);
    for (const { id, type, data } of events) {
      const known = types.indexOf(type);
      streams.push(revisions.length);
      typeNumbers.push(known < 0 ? types.push(type) : known + 1);
      ids.push(id);
      starts.push(start);
      lengths.push(data.byteLength);
      payloads.push(data);
      start += data.byteLength;
    }
  }
  return [
    appends.map(({ stream }) => stream),
    arrayOf(revisions),
    arrayOf(firstEvents),
    arrayOf(counts),
    types,
    arrayOf(streams),
    arrayOf(typeNumbers),
    arrayOf(ids),
    arrayOf(starts),
    arrayOf(lengths),
    Buffer.concat(payloads),
  ];
}

/** Positions follow the order of events in the call, from the head that the append found. */
export function toOutcomes(appends: readonly StreamAppend[], rows: readonly AppendRow[]): AppendOutcome[] {
  const [first, ...others] = rows;
  const head = first?.known_position;
  if (first?.stream_number !== 0 || head === undefined || head === null)
    throw new Error('the append did not answer where it began');
  const refused = new Map(others.map((row) => [row.stream_number, row]));
  let position = head;
  return appends.map(({ stream, expectedRevision, events }, index) => {
    const revision = expectedRevision + BigInt(events.length);
    const row = refused.get(index + 1);
    if (row === undefined) {
      position += BigInt(events.length);
      return { kind: 'appended', stream, revision, position: { commit: position, prepare: position } };
    }
    const known = row.known_position;
    if (known === null) return { kind: 'conflict', stream, actualRevision: row.actual_revision ?? NO_STREAM };
    return { kind: 'appended', stream, revision, position: { commit: known, prepare: known } };
  });
}
