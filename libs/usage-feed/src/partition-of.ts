import type { PartitionOf } from './usage-feed.js';

const MULTIPLIER = 0x5bd1e995;
const SEED = 0x9747b28c;

function murmur2(key: Uint8Array): number {
  const wholeBytes = key.length & ~3;
  let hash = SEED ^ key.length;
  for (let at = 0; at < wholeBytes; at += 4) {
    let word = Math.imul(wordAt(key, at), MULTIPLIER);
    word = Math.imul(word ^ (word >>> 24), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  const rest = key.length - wholeBytes;
  if (rest > 0) {
    for (let index = rest - 1; index >= 0; index--) hash ^= byteAt(key, wholeBytes + index) << (8 * index);
    hash = Math.imul(hash, MULTIPLIER);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}

const byteAt = (key: Uint8Array, at: number): number => key[at] ?? 0;

const wordAt = (key: Uint8Array, at: number): number =>
  byteAt(key, at) | (byteAt(key, at + 1) << 8) | (byteAt(key, at + 2) << 16) | (byteAt(key, at + 3) << 24);

/** The partition of a key, exactly as Kafka's default partitioner has it, so that a feed can move to Kafka and back. */
export const partitionOf: PartitionOf = (key, partitions) => (murmur2(key) & 0x7fffffff) % partitions;
