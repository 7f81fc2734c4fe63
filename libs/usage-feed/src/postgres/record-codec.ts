import type { FeedRecord, PublishRecord } from '../usage-feed.js';
import { HeaderReader, type Headers } from './header-reader.js';

// One record: key, value and (u16) headers, each with an i32 length before it (-1: null), after an i64 timestamp delta.
const FIXED_BYTES = 8 + 4 + 4 + 2;
const NULL_LENGTH = -1;
const WORD = 2 ** 32;

interface HeaderBlock {
  readonly headers: Headers | undefined;
  readonly count: number;
  readonly bytes: Buffer;
}

/** Encodes the records of one call; headers that several of them share are encoded once. */
export class RecordEncoder {
  #block: HeaderBlock = { headers: undefined, count: 0, bytes: Buffer.alloc(0) };

  /** Encoded records can be joined end to end. `timestampMs` is relative to the row's base timestamp. */
  encode({ key, value, headers }: PublishRecord, timestampMs: number): Buffer {
    if (this.#block.headers !== headers) this.#block = blockOf(headers);
    const block = this.#block;
    const keyEnd = FIXED_BYTES + (key?.length ?? 0);
    const valueEnd = keyEnd + (value?.length ?? 0);
    const bytes = Buffer.allocUnsafe(valueEnd + block.bytes.length);
    writeInt64(bytes, timestampMs);
    bytes.writeInt32LE(key?.length ?? NULL_LENGTH, 8);
    bytes.writeInt32LE(value?.length ?? NULL_LENGTH, 12);
    bytes.writeUInt16LE(block.count, 16);
    if (key !== null) bytes.set(key, FIXED_BYTES);
    if (value !== null) bytes.set(value, keyEnd);
    bytes.set(block.bytes, valueEnd);
    return bytes;
  }
}

function blockOf(headers: Headers | undefined): HeaderBlock {
  const parts = Object.entries(headers ?? {}).flatMap(([name, values]) => values.map((value) => pairOf(name, value)));
  return { headers, count: parts.length, bytes: Buffer.concat(parts) };
}

function pairOf(name: string, value: Uint8Array): Buffer {
  const named = Buffer.from(name);
  const lengths = Buffer.allocUnsafe(6);
  lengths.writeUInt16LE(named.length, 0);
  lengths.writeInt32LE(value.length, 2);
  return Buffer.concat([lengths.subarray(0, 2), named, lengths.subarray(2), value]);
}

/** Milliseconds are exact as a double, and a bigint for each record takes several times as long. */
function writeInt64(bytes: Buffer, number: number): void {
  bytes.writeUInt32LE(number >>> 0, 0);
  bytes.writeInt32LE(Math.floor(number / WORD), 4);
}

const readInt64 = (bytes: Buffer, at: number): number => bytes.readUInt32LE(at) + bytes.readInt32LE(at + 4) * WORD;

export interface EncodedRow {
  readonly bytes: Buffer;
  readonly baseOffset: bigint;
  readonly baseTimestampMs: number;
}

export interface DecodedRecord {
  readonly record: FeedRecord;
  readonly octets: number;
}

/** The records of a row, in order; keys and values are views of its bytes. */
export function* decodeRecords({ bytes, baseOffset, baseTimestampMs }: EncodedRow): Generator<DecodedRecord> {
  const headerReader = new HeaderReader(bytes);
  let offset = baseOffset;
  for (let at = 0; at < bytes.length;) {
    const startsAt = at;
    const timestampMs = baseTimestampMs + readInt64(bytes, at);
    const keyLength = bytes.readInt32LE(at + 8);
    const valueLength = bytes.readInt32LE(at + 12);
    const headersCount = bytes.readUInt16LE(at + 16);
    const keyEnd = at + FIXED_BYTES + Math.max(0, keyLength);
    const valueEnd = keyEnd + Math.max(0, valueLength);
    const key = keyLength === NULL_LENGTH ? null : bytes.subarray(at + FIXED_BYTES, keyEnd);
    const value = valueLength === NULL_LENGTH ? null : bytes.subarray(keyEnd, valueEnd);
    const headers = headerReader.read(headersCount, valueEnd);
    at = headerReader.end;
    yield { record: { offset, timestampMs, key, value, headers }, octets: at - startsAt };
    offset += 1n;
  }
}
