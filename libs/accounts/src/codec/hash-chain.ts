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
function hashOf(previousHash: Uint8Array, type: string, data: Uint8Array): Buffer {
  const size = HASH_BYTES + Buffer.byteLength(type, 'utf8') + 1 + data.length - HEADER_BYTES;
  if (size > hashed.length) hashed = Buffer.allocUnsafeSlow(2 * size);
  hashed.set(previousHash);
  let at = HASH_BYTES + hashed.write(type, HASH_BYTES, 'utf8');
  hashed[at++] = data[0] ?? 0;
  hashed.set(data.subarray(HEADER_BYTES), at);
  return hashAtOnce('sha256', hashed.subarray(0, size), 'buffer');
}

/** A UUID of version 8 (RFC 9562) from the hash's first 16 bytes: equal id, equal content in the same place. */
export function eventIdOf(hash: Uint8Array): string {
  const hex = Buffer.from(hash.buffer, hash.byteOffset, 16).toString('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
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
  if (!hash.equals(stored.data.subarray(1, HEADER_BYTES))) return { isIntact: false, differs: 'hash' };
  if (eventIdOf(hash) !== stored.id) return { isIntact: false, differs: 'id' };
  return { isIntact: true, hash };
}
