import type { EvidenceTable, LineExtras } from '@app/metering';

const NO_EXTRAS: LineExtras = {};

/**
 * Goes through the meter lines of an event, usage event by usage event. There is no object a line: what a cursor says is
 * of the line that it stands at.
 */
export class LineCursor {
  /** Of the usage event. */
  #event = -1;
  #uses: readonly number[] = [];
  #place = 0;
  /** Of the meter line, in the event and among those of its use. */
  #line = -1;
  #lineOfUse = 0;
  readonly #nextOfUse: number[] = [];
  /** Index into `uses`. */
  use = 0;

  constructor(private readonly evidence: EvidenceTable) {}

  /** Moves to the next line; false behind the last. */
  next(): boolean {
    this.#place += 1;
    while (this.#place >= this.#uses.length) {
      this.#event += 1;
      if (this.#event >= this.evidence.count) return false;
      this.#uses = this.evidence.patterns.lists[this.evidence.patternNumbers[this.#event] ?? 0] ?? [];
      this.#place = 0;
    }
    this.#line += 1;
    this.use = this.#uses[this.#place] ?? 0;
    this.#lineOfUse = this.#nextOfUse[this.use] ?? 0;
    this.#nextOfUse[this.use] = this.#lineOfUse + 1;
    return true;
  }

  get quantityNanos(): bigint {
    return this.evidence.amounts.get(this.use)?.quantities.at(this.#lineOfUse) ?? 0n;
  }

  get creditsNanos(): bigint {
    return this.evidence.amounts.get(this.use)?.credits.at(this.#lineOfUse) ?? 0n;
  }

  get source(): string {
    return this.evidence.sources.texts[this.evidence.sourceNumbers[this.#event] ?? 0] ?? '';
  }

  get id(): string {
    return this.evidence.ids[this.#event] ?? '';
  }

  get timeMs(): number {
    return this.evidence.timesMs[this.#event] ?? 0;
  }

  get usageTimeMs(): number {
    return this.evidence.usageTimesMs[this.#event] ?? 0;
  }

  /** Index into `dimensions`. */
  get dimensions(): number {
    return this.evidence.dimensions[this.#event] ?? 0;
  }

  get cutNanos(): bigint | undefined {
    return this.#extras.cutNanos;
  }

  get inputs(): readonly bigint[] | undefined {
    return this.#extras.inputs;
  }

  /** Nothing beside quantity and credits. */
  get isPlain(): boolean {
    return this.#extras === NO_EXTRAS;
  }

  get hasExactQuantity(): boolean {
    return this.#extras.deltaUnits !== undefined;
  }

  /** What the line adds to the cumulative quantity, in the meter's own units. */
  get deltaUnits(): bigint {
    return this.#extras.deltaUnits ?? this.quantityNanos;
  }

  get #extras(): LineExtras {
    return this.evidence.extras.size === 0 ? NO_EXTRAS : (this.evidence.extras.get(this.#line) ?? NO_EXTRAS);
  }
}
