/** Node, pair and the node that follows: three numbers a slot; a node that follows is never 0, so 0 is a free slot. */
const SLOT = 3;
const SLOTS_MIN = 64;
/** As many nodes are looked through, one after the other: a table for them costs more than it saves. */
const LISTED_MAX = 12;

/** A table of more slots is not kept for other pairs: it would have to be emptied for a few of them, too. */
const KEPT_SLOTS_MAX = 1_024;

const NO_SLOTS = new Int32Array(0);

/** Numbers from pairs of numbers below 2³¹, in one open-addressed array: a `Map` would need a text or a float as key. */
export class PairTable {
  /** Node and pair of each of the first nodes that follow. */
  readonly #listed: number[] = [];
  #slots = NO_SLOTS;
  #mask = 0;
  #size = 0;

  /** How many nodes follow others. */
  get size(): number {
    return this.#size;
  }

  clear(): void {
    if (this.#mask >= KEPT_SLOTS_MAX) this.#slots = NO_SLOTS;
    else if (this.#size >= LISTED_MAX) this.#slots.fill(0);
    this.#size = 0;
  }

  /** The node that follows `node` by `pair`: pairs are numbered from 1 in the order in which they are first met. */
  next(node: number, pair: number): number {
    return this.#size < LISTED_MAX ? this.#listedNext(node, pair) : this.#tabledNext(node, pair);
  }

  #listedNext(node: number, pair: number): number {
    const listed = this.#listed;
    const end = 2 * this.#size;
    for (let at = 0; at < end; at += 2) if (listed[at] === node && listed[at + 1] === pair) return (at >> 1) + 1;
    listed[end] = node;
    listed[end + 1] = pair;
    this.#size += 1;
    if (this.#size === LISTED_MAX) this.#tabulate();
    return this.#size;
  }

  #tabulate(): void {
    if (this.#slots.length === 0) {
      this.#slots = new Int32Array(SLOTS_MIN * SLOT);
      this.#mask = SLOTS_MIN - 1;
    }
    for (let number = 1; number <= this.#size; number += 1) {
      const [node = 0, pair = 0] = [this.#listed[2 * number - 2], this.#listed[2 * number - 1]];
      this.#put(this.#slotOf(node, pair), node, pair, number);
    }
  }

  #tabledNext(node: number, pair: number): number {
    let at = this.#slotOf(node, pair);
    const known = this.#slots[at + 2] ?? 0;
    if (known !== 0) return known;
    if ((this.#size + 1) * 2 > this.#mask) {
      this.#grow();
      at = this.#slotOf(node, pair);
    }
    this.#size += 1;
    this.#put(at, node, pair, this.#size);
    return this.#size;
  }

  #slotOf(node: number, pair: number): number {
    const slots = this.#slots;
    let slot = (Math.imul(node, 0x9e3779b1) ^ Math.imul(pair, 0x85ebca6b)) >>> 7;
    for (;;) {
      const at = (slot & this.#mask) * SLOT;
      if (slots[at + 2] === 0 || (slots[at] === node && slots[at + 1] === pair)) return at;
      slot += 1;
    }
  }

  #put(at: number, node: number, pair: number, next: number): void {
    this.#slots[at] = node;
    this.#slots[at + 1] = pair;
    this.#slots[at + 2] = next;
  }

  #grow(): void {
    const old = this.#slots;
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Int32Array((this.#mask + 1) * SLOT);
    for (let at = 0; at < old.length; at += SLOT) {
      const [node = 0, pair = 0, next = 0] = [old[at], old[at + 1], old[at + 2]];
      if (next !== 0) this.#put(this.#slotOf(node, pair), node, pair, next);
    }
  }
}
