import { usageColumnsOf, useOf, type DimensionTable, type GroupsOfUse, type UsageCharged } from '@app/metering';
import { LedgerLines } from './ledger-lines-codec.js';

const NONE = 0;
/** Of entries whose usage differs in it. */
const SEVERAL = -1;

/** What the groups of one append are to the entries that pay them: by meter and project. */
export class UsageLines {
  readonly #groups: ReadonlyMap<number, GroupsOfUse>;
  readonly #projects: DimensionValues;
  readonly #sessions: DimensionValues;

  constructor(private readonly event: UsageCharged) {
    const { groups, dimensions } = usageColumnsOf(event);
    this.#groups = groups.byUse;
    this.#projects = valuesOf(dimensions, 'project');
    this.#sessions = valuesOf(dimensions, 'session');
  }

  /** What some uses are: their lines, which are the caller's until the next call, and what all of them share. */
  of(uses: readonly number[]): EntryUsage {
    lines.clear();
    reset(projectNumbers, this.#projects.count, NONE);
    const shared = { project: new Shared(), session: new Shared() };
    for (const [meter, own] of this.#byMeter(uses)) {
      lines.meters.push(meter);
      this.#addUp(own, shared);
      for (let row = 0; row < sums.events.length; row += 1) {
        lines.meter.push(lines.meters.length - 1);
        lines.project.push(this.#numberOf(sums.project.at(row)));
        lines.events.push(sums.events.at(row));
        lines.quantity.pushFrom(sums.quantity, row);
        lines.credits.pushFrom(sums.credits, row);
      }
    }
    return {
      project: this.#projects.text(shared.project.number),
      session: this.#sessions.text(shared.session.number),
      lines,
    };
  }

  /** The number that a project has in the lines. */
  #numberOf(project: number): number {
    const text = this.#projects.text(project);
    const known = projectNumbers[project] ?? NONE;
    if (text === null || known !== NONE) return known;
    return (projectNumbers[project] = lines.projects.push(text));
  }

  /** The groups of some uses by their meters, in the order in which the append has these. */
  #byMeter(uses: readonly number[]): Map<string, GroupsOfUse[]> {
    const byMeter = new Map<string, GroupsOfUse[]>();
    for (const use of uses) {
      const groups = this.#groups.get(use);
      if (groups === undefined) continue;
      const { meter } = useOf(this.event, use);
      const known = byMeter.get(meter);
      if (known === undefined) byMeter.set(meter, [groups]);
      else known.push(groups);
    }
    return byMeter;
  }

  /** Sums by number of the project into `sums`, in the order in which projects first come. */
  #addUp(groups: readonly GroupsOfUse[], shared: { readonly project: Shared; readonly session: Shared }): void {
    sums.clear();
    reset(rows, this.#projects.count, NO_ROW);
    for (const own of groups)
      for (let at = 0; at < own.dimensions.length; at += 1) {
        const dimensions = own.dimensions[at] ?? 0;
        const project = this.#projects.numberAt(dimensions);
        shared.project.take(project);
        shared.session.take(this.#sessions.numberAt(dimensions));
        const row = rows[project] ?? NO_ROW;
        if (row === NO_ROW) {
          rows[project] = sums.events.length;
          sums.project.push(project);
          sums.events.push(own.events[at] ?? 0);
          sums.quantity.pushAmount(own.quantities, at);
          sums.credits.pushAmount(own.credits, at);
        } else {
          sums.events.set(row, sums.events.at(row) + (own.events[at] ?? 0));
          sums.quantity.addAmount(row, own.quantities, at);
          sums.credits.addAmount(row, own.credits, at);
        }
      }
  }
}

const NO_ROW = -1;

// Folding never waits, so one set of columns serves all entries.
const sums = new LedgerLines();
const lines = new LedgerLines();
/** By the append's number of a project: its row in `sums`, and its number in `lines`. */
const rows: number[] = [];
const projectNumbers: number[] = [];

function reset(list: number[], count: number, value: number): void {
  for (let at = 0; at < count; at += 1) list[at] = value;
}

export interface EntryUsage {
  readonly project: string | null;
  readonly session: string | null;
  readonly lines: LedgerLines;
}

/** The number that all which were taken have in common. */
class Shared {
  /** Undefined before the first. */
  number: number | undefined;

  take(own: number): void {
    if (this.number === undefined) this.number = own;
    else if (this.number !== own) this.number = SEVERAL;
  }
}

/** Values of one dimension: numbers of combinations from 1 on, 0 where there is none. */
class DimensionValues {
  constructor(
    private readonly texts: readonly string[],
    private readonly numbers: readonly number[],
  ) {}

  /** How many numbers there are, with that of none. */
  get count(): number {
    return this.texts.length + 1;
  }

  numberAt(combination: number): number {
    return this.numbers[combination] ?? NONE;
  }

  text(number: number | undefined): string | null {
    return number === undefined || number <= NONE ? null : (this.texts[number - 1] ?? null);
  }
}

function valuesOf({ names, byName, nameLists, nameListNumbers }: DimensionTable, dimension: string): DimensionValues {
  const name = names.texts.indexOf(dimension);
  const column = byName[name];
  if (column === undefined) return new DimensionValues([], []);
  let next = 0;
  const lists = nameLists.lists.map((list) => list.includes(name));
  const numbers = nameListNumbers.map((list) => (lists[list] === true ? (column.numbers[next++] ?? 0) + 1 : NONE));
  return new DimensionValues(column.values.texts, numbers);
}
