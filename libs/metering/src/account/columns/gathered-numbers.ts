/**
 * Numbers while they are gathered. Their room is used again for the next column, and what is taken is a copy of their
 * own size: lists that grow as they are pushed to leave twice what they hold behind.
 */
export class GatheredNumbers {
  readonly #room: number[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    this.#room[this.#length] = value;
    this.#length += 1;
  }

  at(index: number): number {
    return this.#room[index] ?? 0;
  }

  add(index: number, value: number): void {
    this.#room[index] = this.at(index) + value;
  }

  /** The numbers, and none are left. */
  take(): number[] {
    const taken = this.#room.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}
