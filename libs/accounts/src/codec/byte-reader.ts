import { blankNumbers } from './blank-numbers.js';
import { CorruptEvent } from './codec-errors.js';
import { SHIFT_MAX, unpackRice } from './rice-coding.js';

// One text at a time is put together here: cutting one up and joining it makes five strings of each.
const UUID_TEXT = Buffer.alloc(36);
const HEX_DIGITS = Buffer.from('0123456789abcdef', 'latin1');
const DASH = 45;

/** Reads what `ByteWriter` wrote. Every length is checked against the bytes that are left. @throws {CorruptEvent} */
export class ByteReader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(
    private readonly eventType: string,
    bytes: Uint8Array,
  ) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  corrupt(detail: string): CorruptEvent {
    return new CorruptEvent(this.eventType, `${detail} at byte ${this.at} of ${this.bytes.length}`);
  }

  private take(size: number): number {
    if (size > this.bytes.length - this.at) throw this.corrupt(`${size} bytes were expected`);
    const start = this.at;
    this.at += size;
    return start;
  }

  byte(): number {
    const start = this.take(1);
    return this.bytes[start] ?? 0;
  }

  raw(size: number): Uint8Array {
    const start = this.take(size);
    return this.bytes.subarray(start, start + size);
  }

  uint32(): number {
    return this.bytes.readUInt32LE(this.take(4));
  }

  float64(): number {
    return this.bytes.readDoubleLE(this.take(8));
  }

  varint(): number {
    const { bytes, at } = this;
    // Nearly all numbers take one or two bytes: these are read without the loop's checks.
    const first = bytes[at];
    if (first !== undefined && first < 0x80) {
      this.at = at + 1;
      return first;
    }
    const second = bytes[at + 1];
    if (first !== undefined && second !== undefined && second < 0x80) {
      this.at = at + 2;
      return (first & 0x7f) | (second << 7);
    }
    return this.longVarint();
  }

  private longVarint(): number {
    const { bytes } = this;
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 8; count++) {
      const byte = bytes[this.at];
      if (byte === undefined) throw this.corrupt('a number is cut off');
      this.at++;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) throw this.corrupt('a number is too large');
        return value;
      }
      factor *= 128;
    }
    throw this.corrupt('a number is too long');
  }

  zigzag(): number {
    const value = this.varint();
    if (value <= 0x7f_ff_ff_ff) return (value >>> 1) ^ -(value & 1);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** So many numbers from 0, each a multiple of `factor`. */
  varints(count: number, factor: number): number[] {
    const values = this.blank(count);
    for (let index = 0; index < count; index += 1) values[index] = this.varint() * factor;
    return values;
  }

  /** As `varints`, of either sign. */
  zigzags(count: number, factor: number): number[] {
    const values = this.blank(count);
    for (let index = 0; index < count; index += 1) values[index] = this.zigzag() * factor;
    return values;
  }

  /** So many numbers from 0, packed in bits behind their shift. */
  rice(count: number): number[] {
    const shift = this.byte();
    if (shift > SHIFT_MAX) throw this.corrupt(`numbers are shifted by ${shift} bits`);
    if (count * (shift + 1) > this.remaining * 8) throw this.corrupt(`${count} numbers are cut off`);
    const values = blankNumbers(count);
    const end = unpackRice(this.bytes, this.at, shift, values);
    if (end > this.bytes.length) throw this.corrupt('packed numbers are cut off');
    this.at = end;
    return values;
  }

  /** A list for so many numbers, each of a byte at least. @throws {CorruptEvent} where there are not as many bytes */
  blank(count: number): number[] {
    if (count > this.remaining) throw this.corrupt(`${count} numbers are cut off`);
    return blankNumbers(count);
  }

  integer(): number {
    const value = Number(this.bigint());
    if (!Number.isSafeInteger(value)) throw this.corrupt('a number is too large');
    return value;
  }

  bigint(): bigint {
    const head = this.varint();
    if (head % 2 === 0) {
      const zigzag = head / 2;
      return BigInt(zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2);
    }
    const isNegative = Math.floor(head / 2) % 2 === 1;
    const size = Math.floor(head / 4);
    if (size === 0) throw this.corrupt('a number has no digits');
    const start = this.take(size);
    const magnitude = BigInt(`0x${this.bytes.toString('hex', start, start + size)}`);
    return isNegative ? -magnitude : magnitude;
  }

  /** A count of things; `bytesEach` is the least that one of them takes. */
  count(most: number, bytesEach = 0): number {
    const count = this.varint();
    if (count > most || count * bytesEach > this.remaining) throw this.corrupt(`a count of ${count} is too large`);
    return count;
  }

  text(): string {
    const head = this.varint();
    const isUtf16 = head % 2 === 1;
    const size = Math.floor(head / 2);
    if (isUtf16 && size % 2 === 1) throw this.corrupt('a text ends within a character');
    const start = this.take(size);
    return this.bytes.toString(isUtf16 ? 'utf16le' : 'utf8', start, start + size);
  }

  uuid(): string {
    const start = this.take(16);
    let at = 0;
    for (let index = 0; index < 16; index += 1) {
      if (index === 4 || index === 6 || index === 8 || index === 10) UUID_TEXT[at++] = DASH;
      const byte = this.bytes[start + index] ?? 0;
      UUID_TEXT[at++] = HEX_DIGITS[byte >> 4] ?? 0;
      UUID_TEXT[at++] = HEX_DIGITS[byte & 15] ?? 0;
    }
    return UUID_TEXT.toString('latin1');
  }

  /** @throws {CorruptEvent} when bytes are left over */
  end(): void {
    if (this.remaining !== 0) throw this.corrupt(`${this.remaining} bytes are left over`);
  }
}
