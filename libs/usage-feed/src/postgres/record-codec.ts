import type { FeedRecord, PublishRecord } from '../usage-feed.js';

// One record: key, value and (u16) headers, each with an i32 length before it (-1: null), after an i64 timestamp delta.
const FIXED_BYTES = 8 + 4 + 4 + 2;
const NULL_LENGTH = -1;

type Header = readonly [name: Buffer, value: Uint8Array];

function headersOf(record: PublishRecord): readonly Header[] {
  if (record.headers === undefined) return [];
  return Object.entries(record.headers).flatMap(([name, values]) =>
    values.map((value): Header => [Buffer.from(name), value]),
  );
}

/** Encoded records can be joined end to end. `timestampMs` is relative to the row's base timestamp. */
export function encodeRecord(record: PublishRecord, timestampMs: number): Buffer {
  const headers = headersOf(record);
  let size = FIXED_BYTES + (record.key?.length ?? 0) + (record.value?.length ?? 0);
  for (const [name, value] of headers) size += 2 + name.length + 4 + value.length;
  const bytes = Buffer.allocUnsafe(size);
  bytes.writeBigInt64LE(BigInt(timestampMs), 0);
  bytes.writeInt32LE(record.key?.length ?? NULL_LENGTH, 8);
  bytes.writeInt32LE(record.value?.length ?? NULL_LENGTH, 12);
  bytes.writeUInt16LE(headers.length, 16);
  let at = FIXED_BYTES;
  for (const part of [record.key, record.value]) {
    if (part === null) continue;
    bytes.set(part, at);
    at += part.length;
  }
  for (const [name, value] of headers) {
    at = bytes.writeUInt16LE(name.length, at);
    at = bytes.writeInt32LE(value.length, at + name.copy(bytes, at));
    bytes.set(value, at);
    at += value.length;
  }
  return bytes;
}

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
  let at = 0;
  let offset = baseOffset;
  const take = (length: number): Buffer | null => {
    if (length === NULL_LENGTH) return null;
    const part = bytes.subarray(at, at + length);
    at += length;
    return part;
  };
  while (at < bytes.length) {
    const startsAt = at;
    const timestampMs = baseTimestampMs + Number(bytes.readBigInt64LE(at));
    const keyLength = bytes.readInt32LE(at + 8);
    const valueLength = bytes.readInt32LE(at + 12);
    const headersCount = bytes.readUInt16LE(at + 16);
    at += FIXED_BYTES;
    const key = take(keyLength);
    const value = take(valueLength);
    const headers: Record<string, Buffer[]> = Object.create(null) as Record<string, Buffer[]>;
    for (let index = 0; index < headersCount; index++) {
      const nameLength = bytes.readUInt16LE(at);
      at += 2;
      const name = bytes.toString('utf8', at, at + nameLength);
      const contentLength = bytes.readInt32LE(at + nameLength);
      at += nameLength + 4;
      (headers[name] ??= []).push(bytes.subarray(at, at + contentLength));
      at += contentLength;
    }
    yield { record: { offset, timestampMs, key, value, headers }, octets: at - startsAt };
    offset += 1n;
  }
}
