import type { Identity } from '@app/accounts';

const EMPTY_DAY = -2_147_483_648;
const CAPACITY_MIN = 16;
const WORDS = 3;

/** Identities that an account has charged, with the day of each: open addressing in one typed array, 12 bytes a slot. */
export class IdentitySet {
  #slots = emptySlots(CAPACITY_MIN);
  #mask = CAPACITY_MIN - 1;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /**
   * Adds an identity charged on a day. Answers the days on which it had been charged before, or undefined where it is
   * new: the usual case costs one probe and no allocation.
   */
  add(identity: Identity, day: number): readonly number[] | undefined {
    if (this.#size * 5 >= (this.#mask + 1) * 3) this.#grow();
    const high = identity.identityHigh | 0;
    const low = identity.identityLow | 0;
    const slots = this.#slots;
    let days: number[] | undefined;
    let slot = (low ^ Math.imul(high, 0x9e3779b1)) & this.#mask;
    for (; slots[slot * WORDS + 2] !== EMPTY_DAY; slot = (slot + 1) & this.#mask) {
      if (slots[slot * WORDS] === high && slots[slot * WORDS + 1] === low)
        (days ??= []).push(slots[slot * WORDS + 2] ?? EMPTY_DAY);
    }
    put(slots, slot, { high, low, day });
    this.#size += 1;
    return days;
  }

  #grow(): void {
    const old = this.#slots;
    const capacity = (this.#mask + 1) * 2;
    const slots = emptySlots(capacity);
    const mask = capacity - 1;
    for (let at = 0; at < old.length; at += WORDS) {
      const day = old[at + 2] ?? EMPTY_DAY;
      if (day === EMPTY_DAY) continue;
      const high = old[at] ?? 0;
      const low = old[at + 1] ?? 0;
      let slot = (low ^ Math.imul(high, 0x9e3779b1)) & mask;
      while (slots[slot * WORDS + 2] !== EMPTY_DAY) slot = (slot + 1) & mask;
      put(slots, slot, { high, low, day });
    }
    this.#slots = slots;
    this.#mask = mask;
  }
}

function emptySlots(capacity: number): Int32Array {
  return new Int32Array(capacity * WORDS).fill(EMPTY_DAY);
}

function put(slots: Int32Array, slot: number, { high, low, day }: { high: number; low: number; day: number }): void {
  slots[slot * WORDS] = high;
  slots[slot * WORDS + 1] = low;
  slots[slot * WORDS + 2] = day;
}
