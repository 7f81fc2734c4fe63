export type Headers = Readonly<Record<string, readonly Uint8Array[]>>;

const NO_HEADERS: Headers = Object.freeze(Object.create(null) as Record<string, never>);

/** Reads the headers of a row's records; those that are the very bytes of the headers before them are shared. */
export class HeaderReader {
  #headers = NO_HEADERS;
  #count = 0;
  #start = 0;
  #end = 0;

  constructor(private readonly bytes: Buffer) {}

  /** After the headers that were read last. */
  get end(): number {
    return this.#end;
  }

  /** `count` headers from `start` on, each a name after its u16 length and a value after its i32 length. */
  read(count: number, start: number): Headers {
    const end = start + this.#end - this.#start;
    if (count === 0) [this.#headers, this.#end] = [NO_HEADERS, start];
    else if (count === this.#count && this.#isRepeated(start, end)) this.#end = end;
    else this.#decode(count, start);
    this.#count = count;
    this.#start = start;
    return this.#headers;
  }

  #isRepeated(start: number, end: number): boolean {
    const { bytes } = this;
    return end <= bytes.length && bytes.compare(bytes, this.#start, this.#end, start, end) === 0;
  }

  #decode(count: number, start: number): void {
    const { bytes } = this;
    const headers = Object.create(null) as Record<string, Buffer[]>;
    let at = start;
    for (let index = 0; index < count; index++) {
      const nameEnd = at + 2 + bytes.readUInt16LE(at);
      const name = bytes.toString('utf8', at + 2, nameEnd);
      const valueEnd = nameEnd + 4 + bytes.readInt32LE(nameEnd);
      (headers[name] ??= []).push(bytes.subarray(nameEnd + 4, valueEnd));
      at = valueEnd;
    }
    [this.#headers, this.#end] = [headers, at];
  }
}
