import { PIECE, type ContentSink, type PieceKind } from '@app/metering';

/** A small whole number stands in its header word; this kind is no piece's. */
const SMALL_INTEGER = 0;
const SMALL_MAX = 2 ** 26 - 1;
/** A header: kind (4 bits), whether units are wide (1 bit), then a length or a small number. */
const WIDE = 0x10;
const VALUE_SHIFT = 5;
const HIGH_WORD = 2 ** 32;

/**
 * A message of 32-bit words to be hashed. Every piece stands behind a header with its kind and length, so that no two
 * different sequences of pieces make the same words; strings are taken by UTF-16 code unit.
 */
export class WordMessage implements ContentSink {
  words = new Int32Array(256);
  length = 0;

  reset(): void {
    this.length = 0;
  }

  /** Fills the last 64-bit block. */
  pad(): void {
    if ((this.length & 1) === 0) return;
    this.#reserve(1);
    this.words[this.length++] = 0;
  }

  mark(kind: PieceKind): void {
    this.#reserve(1);
    this.words[this.length++] = kind;
  }

  /** A safe integer. */
  integer(value: number): void {
    this.#reserve(3);
    if (value >= 0 && value <= SMALL_MAX) {
      this.words[this.length++] = SMALL_INTEGER | (value << VALUE_SHIFT);
      return;
    }
    const low = value >>> 0;
    this.words[this.length] = PIECE.integer;
    this.words[this.length + 1] = low;
    this.words[this.length + 2] = (value - low) / HIGH_WORD;
    this.length += 3;
  }

  /** Units of one byte each when all fit into one, else of two: the width follows from the string. */
  text(kind: PieceKind, value: string): void {
    const { length } = value;
    this.#reserve((length >> 1) + 3);
    const { words } = this;
    const header = this.length;
    let at = header + 1;
    let seen = 0;
    let unit = 0;
    for (; unit + 4 <= length; unit += 4) {
      const a = value.charCodeAt(unit);
      const b = value.charCodeAt(unit + 1);
      const c = value.charCodeAt(unit + 2);
      const d = value.charCodeAt(unit + 3);
      seen |= a | b | c | d;
      words[at++] = a | (b << 8) | (c << 16) | (d << 24);
    }
    if (unit < length) {
      let last = 0;
      for (let shift = 0; unit < length; unit += 1, shift += 8) {
        const a = value.charCodeAt(unit);
        seen |= a;
        last |= a << shift;
      }
      words[at++] = last;
    }
    const isWide = seen > 0xff;
    if (isWide) at = this.#putWide(value, header + 1);
    words[header] = kind | (isWide ? WIDE : 0) | (length << VALUE_SHIFT);
    this.length = at;
  }

  #putWide(value: string, from: number): number {
    let at = from;
    for (let unit = 0; unit < value.length; unit += 2) {
      const second = unit + 1 < value.length ? value.charCodeAt(unit + 1) : 0;
      this.words[at++] = value.charCodeAt(unit) | (second << 16);
    }
    return at;
  }

  #reserve(words: number): void {
    if (this.length + words <= this.words.length) return;
    const grown = new Int32Array(2 * (this.length + words));
    grown.set(this.words.subarray(0, this.length));
    this.words = grown;
  }
}
