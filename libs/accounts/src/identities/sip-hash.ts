/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed 64-bit PRF for short inputs, on 32-bit lanes because BigInt is
 * two orders of magnitude slower. The caller absorbs whole 64-bit blocks and may take a digest and then go on absorbing.
 */
export class SipHash {
  /** Digest of the last `digest`, unsigned. */
  high = 0;
  low = 0;
  readonly #key: Int32Array;
  readonly #state = new Int32Array(8);

  /** @param key 16 bytes */
  constructor(key: Uint8Array) {
    if (key.length !== 16) throw new RangeError('A SipHash key has 16 bytes');
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
    this.#key = Int32Array.from([0, 4, 8, 12], (offset) => view.getInt32(offset, true));
    this.start();
  }

  /** Begins a new message. */
  start(): void {
    const [k0 = 0, k0High = 0, k1 = 0, k1High = 0] = this.#key;
    const state = this.#state;
    state[0] = k0 ^ 0x70736575;
    state[1] = k0High ^ 0x736f6d65;
    state[2] = k1 ^ 0x6e646f6d;
    state[3] = k1High ^ 0x646f7261;
    state[4] = k0 ^ 0x6e657261;
    state[5] = k0High ^ 0x6c796765;
    state[6] = k1 ^ 0x79746573;
    state[7] = k1High ^ 0x74656462;
  }

  /** Absorbs `count` 64-bit blocks: words as low and high 32 bits, little-endian. */
  absorb(words: Int32Array, count: number): void {
    if (count > 0) sipBlocks(this.#state, words, count);
  }

  /**
   * Sets `low` and `high` to the digest of what was absorbed; the state stays, so that absorbing may go on.
   * @param tailLow last block: the bytes that fill no block of their own, the message's length in its top byte
   */
  digest(tailLow: number, tailHigh: number): void {
    const state = SCRATCH;
    state.set(this.#state);
    TAIL[0] = tailLow;
    TAIL[1] = tailHigh;
    sipBlocks(state, TAIL, 1);
    state[4] = at(state, 4) ^ 0xff;
    sipRounds(state, 4);
    this.low = (at(state, 0) ^ at(state, 2) ^ at(state, 4) ^ at(state, 6)) >>> 0;
    this.high = (at(state, 1) ^ at(state, 3) ^ at(state, 5) ^ at(state, 7)) >>> 0;
  }
}

const SCRATCH = new Int32Array(8);
const TAIL = new Int32Array(2);
const NO_WORDS = new Int32Array(0);

/** The carry out of bit 31 of a + b = sum, without leaving 32-bit integers. */
const carry = (a: number, b: number, sum: number): number => ((a & b) | ((a | b) & ~sum)) >>> 31;

const at = (words: Int32Array, index: number): number => words[index] as number;

function sipRounds(state: Int32Array, rounds: number): void {
  mix(state, NO_WORDS, 0, rounds);
}

function sipBlocks(state: Int32Array, words: Int32Array, count: number): void {
  mix(state, words, count, 2);
}

/** Two rounds a block, or `rounds` rounds without input: one loop, so that the state stays in registers throughout. */
function mix(state: Int32Array, words: Int32Array, blocks: number, rounds: number): void {
  let v0 = at(state, 0);
  let v0h = at(state, 1);
  let v1 = at(state, 2);
  let v1h = at(state, 3);
  let v2 = at(state, 4);
  let v2h = at(state, 5);
  let v3 = at(state, 6);
  let v3h = at(state, 7);
  const steps = blocks === 0 ? 1 : blocks;
  for (let step = 0; step < steps; step += 1) {
    let low = 0;
    let high = 0;
    if (blocks > 0) {
      low = at(words, 2 * step);
      high = at(words, 2 * step + 1);
      v3 ^= low;
      v3h ^= high;
    }
    for (let round = 0; round < rounds; round += 1) {
      let sum = (v0 + v1) | 0;
      v0h = (v0h + v1h + carry(v0, v1, sum)) | 0;
      v0 = sum;
      let swap = v1;
      v1 = ((v1 << 13) | (v1h >>> 19)) ^ v0;
      v1h = ((v1h << 13) | (swap >>> 19)) ^ v0h;
      swap = v0;
      v0 = v0h;
      v0h = swap;
      sum = (v2 + v3) | 0;
      v2h = (v2h + v3h + carry(v2, v3, sum)) | 0;
      v2 = sum;
      swap = v3;
      v3 = ((v3 << 16) | (v3h >>> 16)) ^ v2;
      v3h = ((v3h << 16) | (swap >>> 16)) ^ v2h;
      sum = (v0 + v3) | 0;
      v0h = (v0h + v3h + carry(v0, v3, sum)) | 0;
      v0 = sum;
      swap = v3;
      v3 = ((v3 << 21) | (v3h >>> 11)) ^ v0;
      v3h = ((v3h << 21) | (swap >>> 11)) ^ v0h;
      sum = (v2 + v1) | 0;
      v2h = (v2h + v1h + carry(v2, v1, sum)) | 0;
      v2 = sum;
      swap = v1;
      v1 = ((v1 << 17) | (v1h >>> 15)) ^ v2;
      v1h = ((v1h << 17) | (swap >>> 15)) ^ v2h;
      swap = v2;
      v2 = v2h;
      v2h = swap;
    }
    v0 ^= low;
    v0h ^= high;
  }
  state[0] = v0;
  state[1] = v0h;
  state[2] = v1;
  state[3] = v1h;
  state[4] = v2;
  state[5] = v2h;
  state[6] = v3;
  state[7] = v3h;
}
