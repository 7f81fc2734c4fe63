import type { IdentityHash } from '@app/metering';
import { SipHash } from './sip-hash.js';

/** Bytes of the deployment's secret: 16 key the hashes, the rest is kept for later keys. */
export const SECRET_BYTES = 32;

/**
 * Keyed hashes of a usage event's identity and content. The key is a secret of the deployment: a plain hash would let
 * whoever can craft ids that collide meter for free.
 */
export class IdentityHasher {
  readonly #sip: SipHash;
  #words = new Int32Array(256);
  #length = 0;

  /** @param secret 32 random bytes */
  constructor(secret: Uint8Array) {
    if (secret.length !== SECRET_BYTES) throw new RangeError(`The secret has ${SECRET_BYTES} bytes`);
    this.#sip = new SipHash(secret.subarray(0, 16));
  }

  /**
   * Two genuine SipHash-2-4 digests: of (organisation, source, id), and of (organisation, source, id, content).
   * Strings are taken by UTF-16 code unit, each behind its length: no two different tuples make the same message.
   */
  hash(organisation: string, source: string, id: string, canonicalContent: string): IdentityHash {
    const sip = this.#sip;
    sip.start();
    this.#length = 0;
    this.#put(organisation);
    this.#put(source);
    this.#put(id);
    const identityBlocks = this.#length >> 1;
    sip.absorb(this.#words, identityBlocks);
    sip.digest(0, (identityBlocks * 8) << 24);
    const identityHigh = sip.high;
    const identityLow = sip.low;
    this.#length = 0;
    this.#put(canonicalContent);
    const contentBlocks = this.#length >> 1;
    sip.absorb(this.#words, contentBlocks);
    sip.digest(0, ((identityBlocks + contentBlocks) * 8) << 24);
    return { identityHigh, identityLow, contentHigh: sip.high, contentLow: sip.low };
  }

  /**
   * Appends whole blocks: a header (length, width of a unit), then the units of one byte each when all fit into one,
   * else of two. The width follows from the string, so the form stays unambiguous.
   */
  #put(text: string): void {
    const length = text.length;
    // Two bytes a unit at most, rounded up to a block, and the header.
    if (this.#words.length < this.#length + (length >> 1) + 6) this.#grow(length);
    const words = this.#words;
    const header = this.#length;
    let at = header + 2;
    let seen = 0;
    let unit = 0;
    for (; unit + 4 <= length; unit += 4) {
      const a = text.charCodeAt(unit);
      const b = text.charCodeAt(unit + 1);
      const c = text.charCodeAt(unit + 2);
      const d = text.charCodeAt(unit + 3);
      seen |= a | b | c | d;
      words[at++] = a | (b << 8) | (c << 16) | (d << 24);
    }
    let last = 0;
    for (let shift = 0; unit < length; unit += 1, shift += 8) {
      const a = text.charCodeAt(unit);
      seen |= a;
      last |= a << shift;
    }
    words[at++] = last;
    const isWide = seen > 0xff;
    if (isWide) at = this.#putWide(text, header + 2);
    if (at & 1) words[at++] = 0;
    words[header] = length;
    words[header + 1] = isWide ? 1 : 0;
    this.#length = at;
  }

  #putWide(text: string, from: number): number {
    let at = from;
    for (let unit = 0; unit < text.length; unit += 2) {
      const second = unit + 1 < text.length ? text.charCodeAt(unit + 1) : 0;
      this.#words[at++] = text.charCodeAt(unit) | (second << 16);
    }
    return at;
  }

  #grow(length: number): void {
    const grown = new Int32Array(2 * (this.#words.length + length));
    grown.set(this.#words);
    this.#words = grown;
  }
}

/** The content hash of an event as people see it: 16 hex digits. */
export function contentHex(hash: Pick<IdentityHash, 'contentHigh' | 'contentLow'>): string {
  return hash.contentHigh.toString(16).padStart(8, '0') + hash.contentLow.toString(16).padStart(8, '0');
}
