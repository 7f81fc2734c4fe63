/** A map that forgets what was used longest ago, but only when `trim` is called. */
export class BoundedCache<K, V> {
  readonly #entries = new Map<K, V>();

  constructor(private readonly entriesMax: number) {}

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** Puts an entry at the young end. */
  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
  }

  /** Drops the oldest entries above the limit, but none that is still needed. */
  trim(isNeeded: (value: V) => boolean = () => false): void {
    for (const [key, value] of this.#entries) {
      if (this.#entries.size <= this.entriesMax) return;
      if (!isNeeded(value)) this.#entries.delete(key);
    }
  }

  clear(): void {
    this.#entries.clear();
  }

  get size(): number {
    return this.#entries.size;
  }
}
