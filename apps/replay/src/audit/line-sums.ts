import { AmountColumn, hourOf, type EvidenceTable, type GroupsOfUse, type UseAmounts } from '@app/metering';

/** The hour of a group and its dimensions, of which the event has so many, in one number. */
export const groupKeyOf = (hour: number, dimensions: number, combinations: number): number =>
  hour * combinations + dimensions;

/** The evidence lines of an event by rate use, each use's added up by hour and dimensions. */
export function sumLines(evidence: EvidenceTable, combinations: number): ReadonlyMap<number, LineSums> {
  const byUse = new Map<number, LineSums>();
  const patterns = evidence.patterns.lists.map((uses) => uses.map((use) => sumsOf(byUse, use, evidence)));
  for (let index = 0; index < evidence.count; index += 1) {
    const key = groupKeyOf(hourOf(evidence.usageTimesMs[index] ?? 0), evidence.dimensions[index] ?? 0, combinations);
    const lines = patterns[evidence.patternNumbers[index] ?? 0] ?? [];
    for (let place = 0; place < lines.length; place += 1) lines[place]?.add(key, place === 0);
  }
  return byUse;
}

function sumsOf(byUse: Map<number, LineSums>, use: number, { amounts }: EvidenceTable): LineSums {
  let sums = byUse.get(use);
  if (sums === undefined) byUse.set(use, (sums = new LineSums(amounts.get(use))));
  return sums;
}

/** Lines of one rate use, added up by `groupKeyOf`. */
export class LineSums {
  readonly #rows = new Map<number, number>();
  readonly #events: number[] = [];
  readonly #firstEvents: number[] = [];
  readonly #quantities = new AmountColumn();
  readonly #credits = new AmountColumn();
  #next = 0;

  constructor(private readonly amounts: UseAmounts = { quantities: new AmountColumn(), credits: new AmountColumn() }) {}

  /** Number of sums. */
  get count(): number {
    return this.#events.length;
  }

  /** Adds the next line. */
  add(key: number, isFirst: boolean): void {
    const { quantities, credits } = this.amounts;
    const line = this.#next++;
    const row = this.#rows.get(key);
    if (row === undefined) {
      this.#rows.set(key, this.#events.length);
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

  /** The sum with a key, the first time that it is asked for. */
  take(key: number): number | undefined {
    const row = this.#rows.get(key);
    this.#rows.delete(key);
    return row;
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
