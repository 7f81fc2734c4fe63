import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { FeedRecord, PublishRecord } from '../usage-feed.js';

const EMPTY = Buffer.alloc(0);

/** The values of one header. A header without value counts as an empty one. */
function headerValues(given: IHeaders[string]): readonly Uint8Array[] {
  const values: readonly unknown[] = Array.isArray(given) ? given : [given];
  const found: Uint8Array[] = [];
  for (const value of values) {
    if (value === null || value === undefined) found.push(EMPTY);
    else if (value instanceof Uint8Array) found.push(value);
    // The client puts what plain objects inherit (`constructor`) beside a header of that name: not a value.
    else if (typeof value === 'string') found.push(Buffer.from(value));
  }
  return found;
}

function feedHeaders(headers: IHeaders | undefined): FeedRecord['headers'] {
  if (headers === undefined) return {};
  const entries = Object.entries(headers);
  return entries.length === 0 ? {} : Object.fromEntries(entries.map(([name, given]) => [name, headerValues(given)]));
}

/** One record as the port has it; bytes are not copied. */
export function toFeedRecord({ offset, timestamp, key, value, headers }: KafkaMessage): FeedRecord {
  return { offset: BigInt(offset), timestampMs: Number(timestamp), key, value, headers: feedHeaders(headers) };
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const bufferOrNull = (bytes: Uint8Array | null): Buffer | null => (bytes === null ? null : bufferOf(bytes));

/** One record as the client sends it, to a partition that was chosen before. */
export function toMessage(record: PublishRecord, partition: number, nowMs: number): Message {
  return {
    key: bufferOrNull(record.key),
    value: bufferOrNull(record.value),
    partition,
    timestamp: `${record.timestampMs ?? nowMs}`,
    ...(record.headers === undefined
      ? {}
      : {
          headers: Object.fromEntries(Object.entries(record.headers).map(([name, all]) => [name, all.map(bufferOf)])),
        }),
  };
}
