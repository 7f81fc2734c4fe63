const MULTIPLIER = 0x5bd1e995;
const SEED = 0x9747b28c;

/**
 * Kafka's murmur2 of an organisation's UTF-8 bytes with the sign cleared: modulo the partition count it is the
 * partition of the organisation's usage, so an aggregator finds its accounts by the partitions it owns.
 */
export function keyHash(organisation: string): number {
  const key = Buffer.from(organisation, 'utf8');
  const wholeBytes = key.length & ~3;
  let hash = SEED ^ key.length;
  for (let at = 0; at < wholeBytes; at += 4) {
    let word = Math.imul(key.readInt32LE(at), MULTIPLIER);
    word = Math.imul(word ^ (word >>> 24), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  if (key.length > wholeBytes) {
    for (let at = key.length - 1; at >= wholeBytes; at--) hash ^= (key[at] ?? 0) << (8 * (at - wholeBytes));
    hash = Math.imul(hash, MULTIPLIER);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return (hash ^ (hash >>> 15)) & 0x7f_ff_ff_ff;
}
