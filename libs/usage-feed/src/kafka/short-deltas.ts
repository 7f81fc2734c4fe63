import { createRequire } from 'node:module';

const CONTINUED = 0x80;
const BITS = 0x7f;
/** Of seven bits each: what they say together is exact in an integer of 32 bits. */
const SHORT_BYTES_MAX = 4;

interface ClientDecoder {
  readonly buffer: Buffer;
  offset: number;
}

let isDone = false;

/**
 * Makes the client read short timestamp deltas as plain integers: it makes several big integers, and an object around
 * each, for every byte of them, more than for anything else of a record. Longer ones (37 hours and more) are left to it.
 * @throws {TypeError} when the client is another one than this adapter was written for
 */
export function readShortDeltas(): void {
  if (isDone) return;
  const decoder: unknown = createRequire(import.meta.url)('kafkajs/src/protocol/decoder');
  const prototype: unknown = typeof decoder === 'function' ? decoder.prototype : undefined;
  const readLong: unknown = isObject(prototype) ? Reflect.get(prototype, 'readVarLong') : undefined;
  if (!isObject(prototype) || typeof readLong !== 'function')
    throw new TypeError('This Kafka client does not read timestamps as expected');
  Reflect.set(prototype, 'readVarLong', function readVarLong(this: ClientDecoder): unknown {
    return shortDelta(this) ?? Reflect.apply(readLong, this, []);
  });
  isDone = true;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A zigzag number of at most four bytes; undefined, and nothing is read, where it is longer or the bytes end. */
export function shortDelta(decoder: ClientDecoder): number | undefined {
  const { buffer, offset } = decoder;
  let bits = 0;
  for (let index = 0; index < SHORT_BYTES_MAX; index += 1) {
    const byte = buffer[offset + index];
    if (byte === undefined) return undefined;
    bits |= (byte & BITS) << (7 * index);
    if ((byte & CONTINUED) === 0) {
      decoder.offset = offset + index + 1;
      return (bits >>> 1) ^ -(bits & 1);
    }
  }
  return undefined;
}
