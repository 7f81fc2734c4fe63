import { describe, expect, it } from '@jest/globals';
import { SipHash } from './sip-hash.js';

/** Reference vectors of the SipHash paper's authors: key 00…0f, message 00, 01, … of the given length. */
const VECTORS: readonly (readonly [length: number, digest: string])[] = [
  [0, '310e0edd47db6f72'],
  [1, 'fd67dc93c539f874'],
  [2, '5a4fa9d909806c0d'],
  [3, '2d7efbd796666785'],
  [4, 'b7877127e09427cf'],
  [5, '8da699cd64557618'],
  [6, 'cee3fe586e46c9cb'],
  [7, '37d1018bf50002ab'],
  [8, '6224939a79f5f593'],
  [9, 'b0e4a90bdf82009e'],
  [15, 'e545be4961ca29a1'],
];

const KEY = Uint8Array.from({ length: 16 }, (_, index) => index);

function digestOf(sip: SipHash, message: Uint8Array): string {
  const blocks = message.length >> 3;
  const words = new Int32Array(2 * blocks);
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  for (let word = 0; word < words.length; word += 1) words[word] = view.getInt32(4 * word, true);
  const tail = new DataView(new ArrayBuffer(8));
  message.subarray(8 * blocks).forEach((byte, index) => tail.setUint8(index, byte));
  tail.setUint8(7, message.length & 0xff);
  sip.absorb(words, blocks);
  sip.digest(tail.getInt32(0, true), tail.getInt32(4, true));
  const digest = new DataView(new ArrayBuffer(8));
  digest.setUint32(0, sip.low, true);
  digest.setUint32(4, sip.high, true);
  return Buffer.from(digest.buffer).toString('hex');
}

describe('SipHash', () => {
  it.each(VECTORS)('has the reference digest of %i bytes', (length, digest) => {
    expect(digestOf(new SipHash(KEY), KEY.subarray(0, length))).toBe(digest);
  });

  it('goes on after a digest as if none had been taken', () => {
    const sip = new SipHash(KEY);
    sip.absorb(Int32Array.of(1, 2), 1);
    sip.digest(0, 8 << 24);
    sip.absorb(Int32Array.of(3, 4), 1);
    sip.digest(0, 16 << 24);
    const whole = new SipHash(KEY);
    whole.absorb(Int32Array.of(1, 2, 3, 4), 2);
    whole.digest(0, 16 << 24);
    expect([sip.low, sip.high]).toEqual([whole.low, whole.high]);
  });

  it('begins anew with start', () => {
    const sip = new SipHash(KEY);
    const first = digestOf(sip, KEY);
    sip.start();
    expect(digestOf(sip, KEY)).toBe(first);
  });

  it('refuses a key of another length', () => {
    expect(() => new SipHash(new Uint8Array(15))).toThrow(RangeError);
  });
});
