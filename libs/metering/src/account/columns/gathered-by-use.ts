/** As many are kept for the next event: most events have fewer uses. */
const SPARE_MAX = 32;

/** What is gathered by rate use, in the order of the uses' first lines. What gathers it is used again. */
export class GatheredByUse<G> {
  readonly #gathered = new Map<number, G>();
  readonly #spare: G[] = [];

  constructor(private readonly make: () => G) {}

  of(use: number): G {
    let gathered = this.#gathered.get(use);
    if (gathered === undefined) {
      gathered = this.#spare.pop() ?? this.make();
      this.#gathered.set(use, gathered);
    }
    return gathered;
  }

  /** What `take` takes of each use, which is then empty; no use is left. */
  take<T>(take: (gathered: G) => T): Map<number, T> {
    const taken = new Map<number, T>();
    for (const [use, gathered] of this.#gathered) {
      taken.set(use, take(gathered));
      if (this.#spare.length < SPARE_MAX) this.#spare.push(gathered);
    }
    this.#gathered.clear();
    return taken;
  }
}
