import type { IdentityHash } from '@app/metering';
import { DAY_MS, dayOf } from './day.js';

/** Identity (2), content (2), day, millisecond of the day: 24 bytes an entry. */
const WORDS = 6;
const ENTRIES_STEP = 8;
const SLOTS_MIN = 16;
/** Slots are at most three quarters full. */
const FULL_NUMERATOR = 3;
const FULL_DENOMINATOR = 4;

/**
 * Identities in order of insertion, found through an open-addressed table of entry numbers. Entries lie behind the
 * slots, so that growing by an eighth wastes little (about 33 bytes an identity) and the newest can be taken back; all
 * in one array, since a second one takes hundreds of bytes beside its content, and most accounts have few identities.
 * Several entries may share one identity. Hashes are keyed, hence spread evenly: their low bits choose the slot.
 */
export class IdentityTable {
  /** Slots (number of the entry plus one, 0 where free), then entries. */
  #words = new Int32Array(SLOTS_MIN + ENTRIES_STEP * WORDS);
  /** A power of two. */
  #slotCount = SLOTS_MIN;
  #size = 0;
  /** The slot of the last `first` or `next`. */
  #cursor = 0;

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#words.byteLength;
  }

  /** The first entry of that identity, -1 when there is none. */
  first(hash: IdentityHash): number {
    this.#cursor = (hash.identityLow & (this.#slotCount - 1)) - 1;
    return this.next(hash);
  }

  /** The next entry of that identity after the one last found, -1 when there is none. */
  next(hash: IdentityHash): number {
    const words = this.#words;
    const slotCount = this.#slotCount;
    const mask = slotCount - 1;
    const low = hash.identityLow | 0;
    const high = hash.identityHigh | 0;
    for (let slot = (this.#cursor + 1) & mask; ; slot = (slot + 1) & mask) {
      const number = words[slot] as number;
      if (number === 0) return -1;
      const word = slotCount + (number - 1) * WORDS;
      if (words[word] === low && words[word + 1] === high) {
        this.#cursor = slot;
        return number - 1;
      }
    }
  }

  hasContent(entry: number, hash: IdentityHash): boolean {
    const word = this.#wordOf(entry);
    return this.#words[word + 2] === (hash.contentLow | 0) && this.#words[word + 3] === (hash.contentHigh | 0);
  }

  contentOf(entry: number): { contentHigh: number; contentLow: number } {
    const word = this.#wordOf(entry);
    return { contentLow: this.#word(word + 2) >>> 0, contentHigh: this.#word(word + 3) >>> 0 };
  }

  dayOf(entry: number): number {
    return this.#word(this.#wordOf(entry) + 4);
  }

  timeOf(entry: number): number {
    const word = this.#wordOf(entry);
    return this.#word(word + 4) * DAY_MS + this.#word(word + 5);
  }

  push(hash: IdentityHash, timeMs: number): void {
    const entry = this.#size;
    if ((entry + 1) * FULL_DENOMINATOR > this.#slotCount * FULL_NUMERATOR) this.#growSlots();
    if (this.#wordOf(entry + 1) > this.#words.length) this.#growEntries();
    const words = this.#words;
    const word = this.#wordOf(entry);
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
    const words = this.#words;
    const mask = this.#slotCount - 1;
    while (this.#size > size) {
      let slot = this.#word(this.#wordOf(this.#size - 1)) & mask;
      while (words[slot] !== this.#size) slot = (slot + 1) & mask;
      words[slot] = 0;
      this.#size -= 1;
    }
  }

  /** A table of those entries whose time (Unix ms) is to be kept, no larger than they need. */
  filtered(isKept: (timeMs: number) => boolean): IdentityTable {
    const table = new IdentityTable();
    for (let entry = 0; entry < this.#size; entry += 1) {
      if (!isKept(this.timeOf(entry))) continue;
      const word = this.#wordOf(entry);
      const identity = { identityLow: this.#word(word), identityHigh: this.#word(word + 1) };
      table.push({ ...identity, ...this.contentOf(entry) }, this.timeOf(entry));
    }
    return table;
  }

  /** Index of the entry's first word. */
  #wordOf(entry: number): number {
    return this.#slotCount + entry * WORDS;
  }

  #word(index: number): number {
    return this.#words[index] as number;
  }

  #place(entry: number): void {
    const words = this.#words;
    const mask = this.#slotCount - 1;
    let slot = this.#word(this.#wordOf(entry)) & mask;
    while (words[slot] !== 0) slot = (slot + 1) & mask;
    words[slot] = entry + 1;
  }

  #growEntries(): void {
    const steps = Math.ceil((this.#size * 1.125) / ENTRIES_STEP);
    const grown = new Int32Array(this.#wordOf(steps * ENTRIES_STEP));
    grown.set(this.#words);
    this.#words = grown;
  }

  #growSlots(): void {
    const entries = this.#words.subarray(this.#slotCount);
    this.#slotCount *= 2;
    this.#words = new Int32Array(this.#slotCount + entries.length);
    this.#words.set(entries, this.#slotCount);
    for (let entry = 0; entry < this.#size; entry += 1) this.#place(entry);
  }
}
