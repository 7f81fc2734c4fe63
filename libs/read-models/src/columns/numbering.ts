/** Numbers things in the order in which they first come. */
export class Numbering<K> {
  readonly #numbers = new Map<K, number>();

  /** The thing's number; `add` is called when it is new. */
  numberOf(key: K, add: () => void): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(key, number);
      add();
    }
    return number;
  }

  clear(): void {
    this.#numbers.clear();
  }
}
