/** Bytes of many rows in one parameter, one behind the other: a driver would send an array of them as text. */
export class BytesParameter {
  readonly #parts: Uint8Array[] = [];
  /** Where each row's bytes begin, counted from 1 as SQL does, and how many they are. */
  readonly starts: number[] = [];
  readonly lengths: number[] = [];
  #next = 1;

  add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.starts.push(this.#next);
    this.lengths.push(bytes.length);
    this.#next += bytes.length;
  }

  /** Adds a text in UTF-8; where its bytes begin, and how many they are. */
  addText(text: string): { readonly start: number; readonly length: number } {
    const [start, length] = [this.#next, Buffer.byteLength(text)];
    this.add(Buffer.from(text));
    return { start, length };
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
