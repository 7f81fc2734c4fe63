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
    this.bytes.writeUInt32LE(value, this.length);
    this.length += 4;
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
    this.reserve(8);
    const { bytes } = this;
    let at = this.length;
    let rest = value;
    // Bit operations hold 31 bits; only what lies above is divided.
    while (rest > 0x7f_ff_ff_ff) {
      bytes[at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      bytes[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.length = at;
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
    this.bigint(BigInt(value));
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
    const isUtf16 = LONE_SURROGATE.test(value);
    const encoding = isUtf16 ? 'utf16le' : 'utf8';
    const size = Buffer.byteLength(value, encoding);
    this.varint(size * 2 + (isUtf16 ? 1 : 0));
    this.reserve(size);
    this.length += this.bytes.write(value, this.length, encoding);
  }

  /** 32 lower-case hex digits with dashes, as 16 bytes. */
  uuid(value: string): void {
    this.reserve(16);
    this.length += this.bytes.write(value.replaceAll('-', ''), this.length, 'hex');
  }
}
