import { CorruptReadModel } from '../errors.js';

/** Reads what `ByteWriter` wrote. @throws {CorruptReadModel} when the bytes end too early or make no sense */
export class ByteReader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  byte(): number {
    const value = this.bytes[this.#at++];
    if (value === undefined) throw new CorruptReadModel('a segment is cut off');
    return value;
  }

  varint(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 8; count++) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    throw new CorruptReadModel('a number of a segment is too long');
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  text(): string {
    return this.#slice(this.varint(), 'utf8');
  }

  /** Characters below 256, so many. */
  latin1(size: number): string {
    return this.#slice(size, 'latin1');
  }

  /** A count of things, each of which takes a byte at least. */
  count(): number {
    const count = this.varint();
    if (count > this.bytes.length - this.#at) throw new CorruptReadModel('a count of a segment is too large');
    return count;
  }

  get isAtEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  #slice(size: number, encoding: 'latin1' | 'utf8'): string {
    if (size > this.bytes.length - this.#at) throw new CorruptReadModel('a text of a segment is cut off');
    const start = this.#at;
    this.#at += size;
    return this.bytes.toString(encoding, start, start + size);
  }
}
