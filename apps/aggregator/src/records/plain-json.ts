import { RecentTexts } from './recent-texts.js';

/** So many digits always survive a double, and so does what is left of them after division by a power of ten. */
const SAFE_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: SAFE_DIGITS + 1 }, (_, power) => 10 ** power);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;
const MINUS = 0x2d;
const POINT = 0x2e;
const EXPONENT = 0x65;
const SPACE = 0x20;
const DELETE = 0x7f;

/**
 * Reads JSON text piece by piece, touching each byte once, as long as it is plain: strings of printable ASCII without
 * escapes, numbers of at most fifteen digits without an exponent. What it reads, JSON.parse reads as the very same; what it
 * does not read is undefined and ends the reading.
 */
export class PlainJson {
  readonly #texts = new RecentTexts();
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Of the text that was found last. */
  #from = 0;
  #to = 0;

  /** From here on, these bytes. */
  begin(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#at = 0;
  }

  /** The next byte that is no white space, and goes past it; 0 at the end. */
  mark(): number {
    const byte = this.peek();
    this.#at += 1;
    return byte;
  }

  /** The next byte that is no white space; 0 at the end. */
  peek(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at] ?? 0;
    while (byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      this.#at += 1;
      byte = bytes[this.#at] ?? 0;
    }
    return byte;
  }

  /** Whether nothing but white space follows. */
  isEnd(): boolean {
    this.peek();
    return this.#at === this.#bytes.length;
  }

  /** A member's name and the colon behind it. */
  key(): string | undefined {
    const key = this.text();
    return this.mark() === COLON ? key : undefined;
  }

  /** A value that holds no others. */
  scalar(): string | number | boolean | null | undefined {
    const first = this.peek();
    if (first === QUOTE) return this.text();
    if (first === MINUS || isDigit(first)) return this.#number(first);
    if (this.#isWord('true')) return true;
    if (this.#isWord('false')) return false;
    return this.#isWord('null') ? null : undefined;
  }

  text(): string | undefined {
    return this.#findText() ? this.#texts.textOf(this.#bytes, this.#from, this.#to) : undefined;
  }

  /** A text that is not expected to come again. */
  newText(): string | undefined {
    return this.#findText() ? this.#bytes.toString('latin1', this.#from, this.#to) : undefined;
  }

  /** Finds where the text that follows begins and ends, and goes past it; false where it is not plain. */
  #findText(): boolean {
    if (this.mark() !== QUOTE) return false;
    const bytes = this.#bytes;
    let at = this.#at;
    for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[at]) {
      if (byte === undefined || byte < SPACE || byte >= DELETE || byte === BACKSLASH) return false;
      at += 1;
    }
    this.#from = this.#at;
    this.#to = at;
    this.#at = at + 1;
    return true;
  }

  #number(first: number): number | undefined {
    const isNegative = first === MINUS;
    if (isNegative) this.#at += 1;
    const from = this.#at;
    const whole = this.#digits(0);
    const wholeDigits = this.#at - from;
    if (wholeDigits === 0 || (wholeDigits > 1 && this.#bytes[from] === ZERO)) return undefined;
    let value = whole;
    let digits = wholeDigits;
    if (this.#bytes[this.#at] === POINT) {
      this.#at += 1;
      value = this.#digits(whole);
      digits = this.#at - from - 1;
      if (digits === wholeDigits) return undefined;
    }
    if (digits > SAFE_DIGITS || ((this.#bytes[this.#at] ?? 0) | SPACE) === EXPONENT) return undefined;
    value /= POWERS_OF_TEN[digits - wholeDigits] ?? 1;
    return isNegative ? -value : value;
  }

  /** The digits that follow, read on from what `value` says. */
  #digits(value: number): number {
    const bytes = this.#bytes;
    let read = value;
    let at = this.#at;
    for (let byte = bytes[at] ?? 0; isDigit(byte); byte = bytes[at] ?? 0) {
      read = read * 10 + (byte - ZERO);
      at += 1;
    }
    this.#at = at;
    return read;
  }

  #isWord(word: string): boolean {
    for (let at = 0; at < word.length; at += 1) {
      if (this.#bytes[this.#at + at] !== word.charCodeAt(at)) return false;
    }
    this.#at += word.length;
    return true;
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
