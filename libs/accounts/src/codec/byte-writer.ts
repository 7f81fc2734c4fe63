import type { PackedNumbers } from './column-scratch.js';
import { packRice, RICE_BYTES_MAX } from './rice-coding.js';

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Bytes that grow as they are written. Reused between events: `reset`, write, `copy`. */
export class ByteWriter {
  private bytes: Buffer;
  private length = 0;

  constructor(capacity = 4_096) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  get size(): number {
    return this.length;
  }

  reset(): void {
    this.length = 0;
  }

  /** Takes back what was written since the size was this. */
  rewind(size: number): void {
    this.length = size;
  }

  /** What was written so far. The view is valid until the next write. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  raw(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  /** Unsigned 32 bits, little-endian. */
  uint32(value: number): void {
    this.reserve(4);
    const { bytes, length } = this;
    bytes[length] = value;
    bytes[length + 1] = value >>> 8;
    bytes[length + 2] = value >>> 16;
    bytes[length + 3] = value >>> 24;
    this.length = length + 4;
  }

  /** IEEE 754 double, little-endian. */
  float64(value: number): void {
    this.reserve(8);
    this.bytes.writeDoubleLE(value, this.length);
    this.length += 8;
  }

  /** An integer from 0 to 2^53 − 1, seven bits a byte, low ones first. */
  varint(value: number): void {
    if (value < 0 || !Number.isSafeInteger(value)) throw new RangeError(`${value} is not an unsigned safe integer`);
    this.reserve(VARINT_MAX);
    this.length = putVarint(this.bytes, this.length, value);
  }

  /** The first of these integers from 0 to 2^53 − 1, so many of them, each divided by a number that divides it. */
  varints(values: Float64Array, count: number, divisor: number): void {
    this.reserve(VARINT_MAX * count);
    const { bytes } = this;
    let at = this.length;
    for (let index = 0; index < count; index += 1) {
      const value = values[index] ?? 0;
      at = putVarint(bytes, at, divisor === 1 ? value : value / divisor);
    }
    this.length = at;
  }

  /** As `varints`, of either sign and magnitudes up to 2^52: small ones stay small. */
  zigzags(values: Float64Array, count: number, divisor: number): void {
    this.reserve(VARINT_MAX * count);
    const { bytes } = this;
    let at = this.length;
    for (let index = 0; index < count; index += 1) {
      const value = (values[index] ?? 0) / divisor;
      at = putVarint(bytes, at, value < 0 ? -value * 2 - 1 : value * 2);
    }
    this.length = at;
  }

  /** Numbers packed in bits, behind the byte of their shift. */
  rice(packed: PackedNumbers): void {
    this.byte(packed.shift);
    this.reserve(RICE_BYTES_MAX * packed.count);
    this.length = packRice(this.bytes, this.length, packed);
  }

  /** A count of things. @throws {RangeError} above what a reader accepts: the event has to be split */
  count(value: number, most: number): void {
    if (value > most) throw new RangeError(`${value} elements are more than the ${most} that one event may have`);
    this.varint(value);
  }

  /** A signed integer, magnitude up to 2^52: small magnitudes of either sign stay small. */
  zigzag(value: number): void {
    this.varint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** A safe integer of any size and sign: beyond 2^52 zigzag does not fit. */
  integer(value: number): void {
    if (value > -0x8_0000_0000_0000 && value < 0x8_0000_0000_0000)
      this.varint((value < 0 ? -value * 2 - 1 : value * 2) * 2);
    else this.bigint(BigInt(value));
  }

  /** An integer of any size: zigzag up to 2^51, else its magnitude in bytes. */
  bigint(value: bigint): void {
    if (value > -0x8_0000_0000_0000n && value < 0x8_0000_0000_0000n) {
      const small = Number(value);
      this.varint((small < 0 ? -small * 2 - 1 : small * 2) * 2);
      return;
    }
    const digits = (value < 0n ? -value : value).toString(16);
    const magnitude = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
    this.varint(magnitude.length * 4 + (value < 0n ? 2 : 0) + 1);
    this.raw(magnitude);
  }

  /** Any JavaScript string: UTF-8, or UTF-16 where a lone surrogate would be lost. */
  text(value: string): void {
    const { length } = value;
    if (length <= SHORT_TEXT && this.shortAscii(value)) return;
    const isUtf16 = LONE_SURROGATE.test(value);
    const encoding = isUtf16 ? 'utf16le' : 'utf8';
    const size = Buffer.byteLength(value, encoding);
    this.varint(size * 2 + (isUtf16 ? 1 : 0));
    this.reserve(size);
    this.length += this.bytes.write(value, this.length, encoding);
  }

  /** What nearly all texts are, without a call that costs more than they do. False when this one is none. */
  private shortAscii(value: string): boolean {
    const { length } = value;
    this.reserve(VARINT_MAX + length);
    const { bytes } = this;
    let at = putVarint(bytes, this.length, length * 2);
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      bytes[at++] = code;
    }
    this.length = at;
    return true;
  }

  /** 32 lower-case hex digits with dashes, as 16 bytes; false, and nothing is written, for any other text. */
  uuid(value: string): boolean {
    if (value.length !== UUID_LENGTH) return false;
    this.reserve(UUID_BYTES);
    const { bytes } = this;
    let at = this.length;
    for (let index = 0; index < UUID_LENGTH; index += 2) {
      if (index === 8 || index === 13 || index === 18 || index === 23) {
        if (value.charCodeAt(index) !== DASH) return false;
        index += 1;
      }
      const byte = (digitOf(value.charCodeAt(index)) << 4) | digitOf(value.charCodeAt(index + 1));
      if (byte < 0) return false;
      bytes[at++] = byte;
    }
    this.length = at;
    return true;
  }
}

const UUID_LENGTH = 36;
const UUID_BYTES = 16;
const DASH = 0x2d;
/** Longer texts are worth a call. */
const SHORT_TEXT = 64;
const VARINT_MAX = 8;

/** The value of a lower-case hex digit; below zero for anything else. */
function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
}

/** Writes an unsigned safe integer and answers where it ends. */
function putVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  // Bit operations hold 31 bits; of what lies above, four bytes are cut off with one division.
  while (rest > 0x7f_ff_ff_ff) {
    const low = rest % 0x10_00_00_00;
    rest = (rest - low) / 0x10_00_00_00;
    bytes[at] = (low & 0x7f) | 0x80;
    bytes[at + 1] = ((low >>> 7) & 0x7f) | 0x80;
    bytes[at + 2] = ((low >>> 14) & 0x7f) | 0x80;
    bytes[at + 3] = (low >>> 21) | 0x80;
    at += 4;
  }
  while (rest > 0x7f) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  return at;
}
