import { createHash } from 'node:crypto';
import type { AccountState } from '@app/metering';
import { readTagged, writeTagged } from './tagged-json.js';

/**
 * Version of the form below, of the states that are kept in it and of the rules that fold them. Count it up with any change of these:
 * snapshots of another version are discarded and the stream is read instead.
 */
export const SNAPSHOT_VERSION = 2;

const HASH_BYTES = 32;
const REVISION_BYTES = 8;
const DIGEST_AT = 1;
const HASH_AT = DIGEST_AT + HASH_BYTES;
const REVISION_AT = HASH_AT + HASH_BYTES;
const BODY_AT = REVISION_AT + REVISION_BYTES;

/** What a stream was folded into, as of a revision, with the chain hash of the event there. */
export interface FoldSnapshot<State> {
  readonly revision: bigint;
  readonly hash: Uint8Array;
  readonly state: State;
}
export type AccountSnapshot = FoldSnapshot<AccountState>;

/** Version, SHA-256 over stream name and the rest, chain hash, revision, then the state as tagged JSON. */
export function encodeSnapshot(stream: string, snapshot: FoldSnapshot<object>): Uint8Array {
  const body = Buffer.from(writeTagged(snapshot.state), 'utf8');
  const data = Buffer.alloc(BODY_AT + body.length);
  data[0] = SNAPSHOT_VERSION;
  data.set(snapshot.hash, HASH_AT);
  data.writeBigInt64BE(snapshot.revision, REVISION_AT);
  data.set(body, BODY_AT);
  data.set(digestOf(stream, data), DIGEST_AT);
  return data;
}

/**
 * The snapshot, or undefined for anything that `encodeSnapshot` of this version did not write for this stream. Whether
 * the stream still holds the event with this hash is the reader's to check.
 */
export function decodeSnapshot<State>(stream: string, data: Uint8Array): FoldSnapshot<State> | undefined {
  if (data.length < BODY_AT || data[0] !== SNAPSHOT_VERSION) return undefined;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (!digestOf(stream, bytes).equals(bytes.subarray(DIGEST_AT, HASH_AT))) return undefined;
  return {
    revision: bytes.readBigInt64BE(REVISION_AT),
    hash: Uint8Array.from(bytes.subarray(HASH_AT, REVISION_AT)),
    // The digest says that these are the bytes which this version wrote.
    state: readTagged(bytes.toString('utf8', BODY_AT)) as State,
  };
}

/** A draft's mark of what it owns is of its decision alone. */
export const withoutOwnership = (state: AccountState): AccountState => ({ ...state, owned: null });

function digestOf(stream: string, data: Buffer): Buffer {
  return createHash('sha256')
    .update(`${SNAPSHOT_VERSION}:${stream.length}:${stream}`)
    .update(data.subarray(HASH_AT))
    .digest();
}
