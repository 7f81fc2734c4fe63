import { createHash, hash as hashAtOnce } from 'node:crypto';
import { CorruptEvent } from './codec-errors.js';

/** Bytes before an event's body: its version and its chain hash. */
export const HEADER_BYTES = 33;
const HASH_BYTES = 32;

/** An event as the store takes it, with the hash that the next event of the stream continues from. */
export interface EncodedEvent {
  readonly id: string;
  readonly type: string;
  readonly data: Uint8Array;
  readonly hash: Uint8Array;
}

/** What the chain check found: the hash to continue with, or what does not fit. */
export type ChainVerdict =
  | { readonly isIntact: true; readonly hash: Uint8Array }
  | { readonly isIntact: false; readonly differs: 'length' | 'hash' | 'id' };

/** The hash that a stream's first event continues from: SHA-256 of the stream's name (I5). */
export function chainStart(stream: string): Uint8Array {
  return createHash('sha256').update(stream, 'utf8').digest();
}

// Hashing never waits, so one buffer serves all events.
let hashed = Buffer.allocUnsafeSlow(65_536);

/** SHA-256 over the previous hash, the type, the version and the body: put together, for one call in place of five. */
function hashOf(previousHash: Uint8Array, type: string, data: Uint8Array): Uint8Array {
  const size = HASH_BYTES + Buffer.byteLength(type, 'utf8') + 1 + data.length - HEADER_BYTES;
  if (size > hashed.length) hashed = Buffer.allocUnsafeSlow(2 * size);
  hashed.set(previousHash);
  let at = HASH_BYTES + hashed.write(type, HASH_BYTES, 'utf8');
  hashed[at++] = data[0] ?? 0;
  hashed.set(data.subarray(HEADER_BYTES), at);
  // As a text of 32 characters, one a byte: a buffer of its own costs more than the hash.
  const digest = hashAtOnce('sha256', hashed.subarray(0, size), 'binary');
  const hash = new Uint8Array(HASH_BYTES);
  for (let index = 0; index < HASH_BYTES; index += 1) hash[index] = digest.charCodeAt(index);
  return hash;
}

const ID_BYTES = 16;
const ID_LENGTH = 36;
const DASH = 0x2d;
const DIGITS = Buffer.from('0123456789abcdef', 'binary');
const idText = Buffer.allocUnsafeSlow(ID_LENGTH);

/** A UUID of version 8 (RFC 9562) from the hash's first 16 bytes: equal id, equal content in the same place. */
export function eventIdOf(hash: Uint8Array): string {
  let length = 0;
  for (let index = 0; index < ID_BYTES; index += 1) {
    let byte = hash[index] ?? 0;
    if (index === 6) byte = (byte & 0x0f) | 0x80;
    if (index === 8) byte = (byte & 0x3f) | 0x80;
    if (index === 4 || index === 6 || index === 8 || index === 10) idText[length++] = DASH;
    idText[length++] = DIGITS[byte >> 4] ?? 0;
    idText[length++] = DIGITS[byte & 0x0f] ?? 0;
  }
  return idText.toString('latin1');
}

/** Puts version, chain hash and body together. */
export function sealEvent(type: string, version: number, body: Uint8Array, previousHash: Uint8Array): EncodedEvent {
  if (previousHash.length !== HASH_BYTES) throw new RangeError('the previous hash has 32 bytes');
  const data = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  data[0] = version;
  data.set(body, HEADER_BYTES);
  const hash = hashOf(previousHash, type, data);
  data.set(hash, 1);
  return { id: eventIdOf(hash), type, data, hash };
}

/** Takes version, chain hash and body apart; nothing is verified but the length. @throws {CorruptEvent} */
export function openEvent(type: string, data: Uint8Array): { version: number; hash: Uint8Array; body: Uint8Array } {
  const version = data[0];
  if (version === undefined || data.length < HEADER_BYTES) throw new CorruptEvent(type, 'its header is cut off');
  // A copy, so that a hash that is kept does not keep the whole event in memory.
  return { version, hash: new Uint8Array(data.subarray(1, HEADER_BYTES)), body: data.subarray(HEADER_BYTES) };
}

/** Whether a stored event continues the chain from the previous event's hash, for audits and loading (I5). */
export function verifyChain(
  previousHash: Uint8Array,
  stored: { readonly id: string; readonly type: string; readonly data: Uint8Array },
): ChainVerdict {
  if (stored.data.length < HEADER_BYTES) return { isIntact: false, differs: 'length' };
  const hash = hashOf(previousHash, stored.type, stored.data);
  if (Buffer.compare(hash, stored.data.subarray(1, HEADER_BYTES)) !== 0) return { isIntact: false, differs: 'hash' };
  if (eventIdOf(hash) !== stored.id) return { isIntact: false, differs: 'id' };
  return { isIntact: true, hash };
}
