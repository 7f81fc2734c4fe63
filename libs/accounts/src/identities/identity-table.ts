import type { IdentityHash } from '@app/metering';
import { DAY_MS, dayOf } from './day.js';

/** Identity (2), content (2), day, millisecond of the day: 24 bytes an entry. */
const WORDS = 6;
const ENTRIES_MIN = 8;
/** Slots are at most three quarters full. */
const FULL_NUMERATOR = 3;
const FULL_DENOMINATOR = 4;

/**
 * Identities in order of insertion, found through an open-addressed table of entry numbers. Entries lie apart from the
 * slots, so that growing by a quarter wastes little (about 36 bytes an identity) and the newest can be taken back.
 * Several entries may share one identity. Hashes are keyed, hence spread evenly: their low bits choose the slot.
 */
export class IdentityTable {
  #words = new Int32Array(ENTRIES_MIN * WORDS);
  /** Number of the entry plus one, 0 where free. */
  #slots = new Uint32Array(2 * ENTRIES_MIN);
  #size = 0;
  /** The slot of the last `first` or `next`. */
  #cursor = 0;

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#words.byteLength + this.#slots.byteLength;
  }

  /** The first entry of that identity, -1 when there is none. */
  first(hash: IdentityHash): number {
    this.#cursor = (hash.identityLow & (this.#slots.length - 1)) - 1;
    return this.next(hash);
  }

  /** The next entry of that identity after the one last found, -1 when there is none. */
  next(hash: IdentityHash): number {
    const slots = this.#slots;
    const words = this.#words;
    const mask = slots.length - 1;
    const low = hash.identityLow | 0;
    const high = hash.identityHigh | 0;
    for (let slot = (this.#cursor + 1) & mask; ; slot = (slot + 1) & mask) {
      const number = slots[slot] as number;
      if (number === 0) return -1;
      const word = (number - 1) * WORDS;
      if (words[word] === low && words[word + 1] === high) {
        this.#cursor = slot;
        return number - 1;
      }
    }
  }

  hasContent(entry: number, hash: IdentityHash): boolean {
    const word = entry * WORDS;
    return this.#words[word + 2] === (hash.contentLow | 0) && this.#words[word + 3] === (hash.contentHigh | 0);
  }

  contentOf(entry: number): { contentHigh: number; contentLow: number } {
    const word = entry * WORDS;
    return { contentLow: this.#word(word + 2) >>> 0, contentHigh: this.#word(word + 3) >>> 0 };
  }

  dayOf(entry: number): number {
    return this.#word(entry * WORDS + 4);
  }

  timeOf(entry: number): number {
    return this.#word(entry * WORDS + 4) * DAY_MS + this.#word(entry * WORDS + 5);
  }

  push(hash: IdentityHash, timeMs: number): void {
    const entry = this.#size;
    if ((entry + 1) * WORDS > this.#words.length) this.#growEntries();
    if ((entry + 1) * FULL_DENOMINATOR > this.#slots.length * FULL_NUMERATOR) this.#growSlots();
    const words = this.#words;
    const word = entry * WORDS;
    words[word] = hash.identityLow;
    words[word + 1] = hash.identityHigh;
    words[word + 2] = hash.contentLow;
    words[word + 3] = hash.contentHigh;
    const day = dayOf(timeMs);
    words[word + 4] = day;
    words[word + 5] = timeMs - day * DAY_MS;
    this.#place(entry);
    this.#size = entry + 1;
  }

  /**
   * Takes back all entries from number `size` on, newest first. The newest entry stands at the end of its probe path,
   * so that freeing its slot breaks nobody else's.
   */
  truncate(size: number): void {
    const mask = this.#slots.length - 1;
    while (this.#size > size) {
      let slot = this.#word((this.#size - 1) * WORDS) & mask;
      while (this.#slots[slot] !== this.#size) slot = (slot + 1) & mask;
      this.#slots[slot] = 0;
      this.#size -= 1;
    }
  }

  /** A table of those entries whose time (Unix ms) is to be kept, no larger than they need. */
  filtered(isKept: (timeMs: number) => boolean): IdentityTable {
    const table = new IdentityTable();
    for (let entry = 0; entry < this.#size; entry += 1) {
      if (!isKept(this.timeOf(entry))) continue;
      const word = entry * WORDS;
      const identity = { identityLow: this.#word(word), identityHigh: this.#word(word + 1) };
      table.push({ ...identity, ...this.contentOf(entry) }, this.timeOf(entry));
    }
    return table;
  }

  #word(index: number): number {
    return this.#words[index] as number;
  }

  #place(entry: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = this.#word(entry * WORDS) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = entry + 1;
  }

  #growEntries(): void {
    const grown = new Int32Array(WORDS * Math.ceil((this.#words.length / WORDS) * 1.25));
    grown.set(this.#words);
    this.#words = grown;
  }

  #growSlots(): void {
    this.#slots = new Uint32Array(2 * this.#slots.length);
    for (let entry = 0; entry < this.#size; entry += 1) this.#place(entry);
  }
}
