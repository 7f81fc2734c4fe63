/** The reason of a partition that parks an account only because another one does: records may not overtake each other. */
export const ECHOED = 'Parked';

/** Accounts that are parked, and by which partitions' streams: while one of them says so, nothing decides the account. */
export class ParkedAccounts {
  /** By organisation, then by partition. */
  readonly #reasons = new Map<string, Map<string, string>>();

  get count(): number {
    return this.#reasons.size;
  }

  has(organisation: string): boolean {
    return this.#reasons.has(organisation);
  }

  /** True when every partition that parks the account does so because another one did: none has a reason of its own. */
  isEchoedOnly(organisation: string): boolean {
    const reasons = this.#reasons.get(organisation);
    return reasons !== undefined && [...reasons.values()].every((reason) => reason === ECHOED);
  }

  add(organisation: string, partition: string, reason: string): void {
    const known = this.#reasons.get(organisation);
    if (known === undefined) this.#reasons.set(organisation, new Map([[partition, reason]]));
    else known.set(partition, reason);
  }

  remove(organisation: string, partition: string): void {
    const known = this.#reasons.get(organisation);
    known?.delete(partition);
    if (known?.size === 0) this.#reasons.delete(organisation);
  }

  /** What a partition's stream says as a whole. */
  replace(partition: string, parked: ReadonlyMap<string, { readonly reason: string }>): void {
    for (const organisation of this.#reasons.keys()) this.remove(organisation, partition);
    for (const [organisation, { reason }] of parked) this.add(organisation, partition, reason);
  }
}
