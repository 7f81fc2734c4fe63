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

const NO_HEADERS: FeedRecord['headers'] = Object.freeze({});

/** Records of one fetch as the port has them, one after the other; bytes are not copied. */
export class MessageReader {
  #given: IHeaders = {};
  #count = 0;
  #headers = NO_HEADERS;
  #timestamp = '';
  #timestampMs = 0;

  read({ offset, timestamp, key, value, headers }: KafkaMessage): FeedRecord {
    if (timestamp !== this.#timestamp) {
      this.#timestamp = timestamp;
      this.#timestampMs = Number(timestamp);
    }
    return { offset: BigInt(offset), timestampMs: this.#timestampMs, key, value, headers: this.#headersOf(headers) };
  }

  /** Most records have the headers of the one before: those are shared, as long as their fetch is in memory. */
  #headersOf(given: IHeaders = {}): FeedRecord['headers'] {
    if (this.#areRepeated(given)) return this.#headers;
    const entries = Object.entries(given);
    this.#given = given;
    this.#count = entries.length;
    this.#headers =
      entries.length === 0 ? NO_HEADERS : Object.fromEntries(entries.map(([name, all]) => [name, headerValues(all)]));
    return this.#headers;
  }

  #areRepeated(given: IHeaders): boolean {
    let count = 0;
    for (const name in given) {
      const value = given[name];
      const before = Object.hasOwn(this.#given, name) ? this.#given[name] : undefined;
      if (!(value instanceof Uint8Array) || !(before instanceof Uint8Array)) return false;
      if (Buffer.compare(value, before) !== 0) return false;
      count += 1;
    }
    return count === this.#count;
  }
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
