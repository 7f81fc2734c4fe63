import { Dictionary } from '@app/metering';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

/** Interned texts of one event: each is written once and meant by its number from then on. */
export class TextTable {
  private readonly dictionary = new Dictionary();

  /** The number of a text, a new one where it was not met before. */
  numberOf(text: string): number {
    return this.dictionary.numberOf(text);
  }

  /** A copy of the texts, by number. */
  get all(): readonly string[] {
    return [...this.dictionary.texts];
  }

  write(writer: ByteWriter): void {
    writeTexts(writer, this.dictionary.texts);
  }
}

/** Texts that are meant by their numbers. */
export function writeTexts(writer: ByteWriter, texts: readonly string[]): void {
  writer.varint(texts.length);
  for (const text of texts) writer.text(text);
}

/** The texts of a table that was written, by number: the reverse of `writeTexts`. */
export class TextList {
  readonly texts: string[];

  /** @throws {CorruptEvent} */
  constructor(private readonly reader: ByteReader) {
    // Every text takes one byte at least.
    const count = reader.count(reader.remaining, 1);
    this.texts = Array.from({ length: count }, () => reader.text());
  }

  /** @throws {CorruptEvent} for a number that no text has */
  text(number: number): string {
    const text = this.texts[number];
    if (text === undefined) throw this.reader.corrupt(`text ${number} does not exist`);
    return text;
  }
}
