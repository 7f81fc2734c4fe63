/** A power of two. */
const SLOTS = 4_096;
/** Longer texts are mostly ids, which do not come again. */
const BYTES_MAX = 32;
/** The hash looks at a text's end alone: names that are counted up differ there. */
const HASHED_BYTES = 8;
const HASH_FACTOR = 0x01000193;

/**
 * Texts that came last, by their bytes: the names of attributes, meters, models and users stand in thousands of events,
 * and are made once. A slot keeps the last text that fell into it, so the whole is bounded (128 KiB and the texts).
 */
export class RecentTexts {
  readonly #bytes = new Uint8Array(SLOTS * BYTES_MAX);
  readonly #lengths = new Uint8Array(SLOTS);
  readonly #texts = Array.from({ length: SLOTS }, () => '');

  /** The text of the bytes from `from` to before `to`, all of them ASCII. */
  textOf(source: Buffer, from: number, to: number): string {
    const length = to - from;
    if (length > BYTES_MAX) return source.toString('latin1', from, to);
    const slot = slotOf(source, from, to);
    const known = this.#texts[slot] ?? '';
    if (this.#lengths[slot] === length && this.#isAt(slot, source, from)) return known;
    const text = source.toString('latin1', from, to);
    for (let at = 0; at < length; at += 1) this.#bytes[slot * BYTES_MAX + at] = source[from + at] ?? 0;
    this.#lengths[slot] = length;
    this.#texts[slot] = text;
    return text;
  }

  #isAt(slot: number, source: Buffer, from: number): boolean {
    const bytes = this.#bytes;
    const base = slot * BYTES_MAX;
    const length = this.#lengths[slot] ?? 0;
    let at = 0;
    while (at < length && bytes[base + at] === source[from + at]) at += 1;
    return at === length;
  }
}

function slotOf(source: Buffer, from: number, to: number): number {
  let hash = to - from;
  for (let at = Math.max(from, to - HASHED_BYTES); at < to; at += 1) {
    hash = Math.imul(hash ^ (source[at] ?? 0), HASH_FACTOR);
  }
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}
