import { AmountColumn, hourOf, type EvidenceTable, type GroupsOfUse, type UseAmounts } from '@app/metering';

/** The evidence lines of an event by rate use, each use's added up by hour and dimensions. */
export function sumLines(evidence: EvidenceTable): ReadonlyMap<number, LineSums> {
  const byUse = new Map<number, LineSums>();
  const patterns = evidence.patterns.lists.map((uses) => uses.map((use) => sumsOf(byUse, use, evidence)));
  for (let index = 0; index < evidence.count; index += 1) {
    const hour = hourOf(evidence.usageTimesMs[index] ?? 0);
    const dimensions = evidence.dimensions[index] ?? 0;
    const lines = patterns[evidence.patternNumbers[index] ?? 0] ?? [];
    for (let place = 0; place < lines.length; place += 1) lines[place]?.add(hour, dimensions, place === 0);
  }
  return byUse;
}

function sumsOf(byUse: Map<number, LineSums>, use: number, { amounts }: EvidenceTable): LineSums {
  let sums = byUse.get(use);
  if (sums === undefined) byUse.set(use, (sums = new LineSums(amounts.get(use))));
  return sums;
}

/** Lines of one rate use, added up by hour and dimensions. */
export class LineSums {
  readonly #hours: number[] = [];
  readonly #events: number[] = [];
  readonly #firstEvents: number[] = [];
  readonly #quantities = new AmountColumn();
  readonly #credits = new AmountColumn();
  readonly #isTaken: boolean[] = [];
  /** The newest row of each dimensions, and older ones by hour: usage of one append is mostly of one hour. */
  readonly #newest: (number | undefined)[] = [];
  readonly #older = new Map<number, Map<number, number>>();
  #next = 0;

  constructor(private readonly amounts: UseAmounts = { quantities: new AmountColumn(), credits: new AmountColumn() }) {}

  /** Number of sums. */
  get count(): number {
    return this.#events.length;
  }

  /** Adds the next line. */
  add(hour: number, dimensions: number, isFirst: boolean): void {
    const { quantities, credits } = this.amounts;
    const line = this.#next++;
    const row = this.#rowOf(hour, dimensions);
    if (row === undefined) {
      this.#begin(hour, dimensions);
      this.#events.push(1);
      this.#firstEvents.push(isFirst ? 1 : 0);
      this.#quantities.pushFrom(quantities, line);
      this.#credits.pushFrom(credits, line);
      return;
    }
    this.#events[row] = (this.#events[row] ?? 0) + 1;
    if (isFirst) this.#firstEvents[row] = (this.#firstEvents[row] ?? 0) + 1;
    this.#quantities.addFrom(row, quantities, line);
    this.#credits.addFrom(row, credits, line);
  }

  /** The sum of an hour and dimensions, the first time that it is asked for. */
  take(hour: number, dimensions: number): number | undefined {
    const row = this.#rowOf(hour, dimensions);
    if (row === undefined || this.#isTaken[row] === true) return undefined;
    this.#isTaken[row] = true;
    return row;
  }

  #rowOf(hour: number, dimensions: number): number | undefined {
    const newest = this.#newest[dimensions];
    if (newest === undefined || this.#hours[newest] === hour) return newest;
    return this.#older.get(dimensions)?.get(hour);
  }

  #begin(hour: number, dimensions: number): void {
    const newest = this.#newest[dimensions];
    if (newest !== undefined) {
      let older = this.#older.get(dimensions);
      if (older === undefined) this.#older.set(dimensions, (older = new Map()));
      older.set(this.#hours[newest] ?? 0, newest);
    }
    this.#newest[dimensions] = this.#hours.length;
    this.#hours.push(hour);
  }

  /** Whether a sum is what a group says. */
  isSame(row: number, groups: GroupsOfUse, at: number): boolean {
    return (
      this.#events[row] === groups.events[at] &&
      this.#firstEvents[row] === groups.firstEvents[at] &&
      this.#quantities.isSame(row, groups.quantities, at) &&
      this.#credits.isSame(row, groups.credits, at)
    );
  }

  figuresAt(row: number | undefined) {
    if (row === undefined) return { events: 0, firstEvents: 0, quantityNanos: 0n, creditsNanos: 0n };
    return {
      events: this.#events[row] ?? 0,
      firstEvents: this.#firstEvents[row] ?? 0,
      quantityNanos: this.#quantities.at(row),
      creditsNanos: this.#credits.at(row),
    };
  }
}
