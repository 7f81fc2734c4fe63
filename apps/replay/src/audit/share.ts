/**
 * A part of all streams, by the last `bits` bits of a hash of their names. An audit that would hold too much in memory
 * splits its share and does the other half in another pass over the streams.
 */
export interface Share {
  readonly bits: number;
  readonly value: number;
}

export const ALL_STREAMS: Share = { bits: 0, value: 0 };

export const isInShare = (stream: string, { bits, value }: Share): boolean =>
  bits === 0 || (hashOf(stream) & ((1 << bits) - 1)) === value;

/** The half that stays, and the one that is left for later. */
export const halvesOf = ({ bits, value }: Share): readonly [Share, Share] => [
  { bits: bits + 1, value },
  { bits: bits + 1, value: value + (1 << bits) },
];

/** Splitting further does not help: what is left is one account, or nearly. */
export const SHARE_BITS_MAX = 20;

/** FNV-1a over UTF-16 units: only has to spread names evenly. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
