/** Accounts that are parked, and by which partitions' streams: while one of them says so, nothing decides the account. */
export class ParkedAccounts {
  readonly #partitionsBy = new Map<string, Set<string>>();

  get count(): number {
    return this.#partitionsBy.size;
  }

  has(organisation: string): boolean {
    return this.#partitionsBy.has(organisation);
  }

  add(organisation: string, partition: string): void {
    const known = this.#partitionsBy.get(organisation);
    if (known === undefined) this.#partitionsBy.set(organisation, new Set([partition]));
    else known.add(partition);
  }

  remove(organisation: string, partition: string): void {
    const known = this.#partitionsBy.get(organisation);
    known?.delete(partition);
    if (known?.size === 0) this.#partitionsBy.delete(organisation);
  }

  /** What a partition's stream says as a whole. */
  replace(partition: string, organisations: Iterable<string>): void {
    for (const organisation of this.#partitionsBy.keys()) this.remove(organisation, partition);
    for (const organisation of organisations) this.add(organisation, partition);
  }
}
