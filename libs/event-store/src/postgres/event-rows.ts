import pg from 'pg';
import type { GlobalPosition, StoredEvent } from '../event-store.js';

/** A row as the statements that read events answer it. */
export interface EventRow {
  readonly position: bigint;
  readonly recorded_at: Date;
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  /** Null where nobody wants it. */
  readonly data: Buffer | null;
}

/** The same as the server writes it. */
export type EventTexts = readonly [
  position: string,
  recordedAt: string,
  id: string,
  stream: string,
  revision: string,
  type: string,
  data: string | null,
];

/** Revisions are four bytes in the table; a bound beyond them reads the same. */
export const REVISION_MAX = 2_147_483_647n;

const NO_DATA = new Uint8Array(0);

/** On Postgres an event has one position. */
export const at = (position: bigint): GlobalPosition => ({ commit: position, prepare: position });

/** A bound of revisions as the table's column takes it. */
export const boundOf = (revision: bigint): bigint => (revision > REVISION_MAX ? REVISION_MAX : revision);

const { builtins, getTypeParser } = pg.types;
const toTime = getTypeParser(builtins.TIMESTAMPTZ, 'text') as (text: string) => Date;
const toBytes = getTypeParser(builtins.BYTEA, 'text') as (text: string) => Buffer;

export const toEventRow = ([position, recordedAt, id, stream, revision, type, data]: EventTexts): EventRow => ({
  position: BigInt(position),
  recorded_at: toTime(recordedAt),
  id,
  stream,
  revision: Number(revision),
  type,
  data: data === null ? null : toBytes(data),
});

export function toEvent(row: EventRow): StoredEvent {
  const { position, recorded_at: recordedAt, id, stream, revision, type, data } = row;
  return { id, type, data: data ?? NO_DATA, stream, revision: BigInt(revision), position: at(position), recordedAt };
}
