import { usageColumnsOf, type DimensionTable, type GroupsOfUse, type UsageCharged } from '@app/metering';
import { Numbering } from '../columns/numbering.js';
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
  of(uses: ReadonlySet<number>): EntryUsage {
    lines.clear();
    const projects = new Numbering<number>();
    const shared = { project: new Shared(), session: new Shared() };
    for (const [meter, own] of this.#byMeter(uses)) {
      lines.meters.push(meter);
      for (const [project, row] of this.#addUp(own, shared)) {
        const text = this.#projects.text(project);
        lines.meter.push(lines.meters.length - 1);
        lines.project.push(text === null ? NONE : projects.numberOf(project, () => lines.projects.push(text)) + 1);
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

  /** The groups of some uses by their meters, in the order in which the append has these. */
  #byMeter(uses: ReadonlySet<number>): Map<string, GroupsOfUse[]> {
    const byMeter = new Map<string, GroupsOfUse[]>();
    for (const [use, { meter }] of this.event.uses.entries()) {
      const groups = uses.has(use) ? this.#groups.get(use) : undefined;
      if (groups === undefined) continue;
      const known = byMeter.get(meter);
      if (known === undefined) byMeter.set(meter, [groups]);
      else known.push(groups);
    }
    return byMeter;
  }

  /** Sums by number of the project; answers the row of each, in the order in which they first come, until the next call. */
  #addUp(
    groups: readonly GroupsOfUse[],
    shared: { readonly project: Shared; readonly session: Shared },
  ): ReadonlyMap<number, number> {
    sums.clear();
    rows.clear();
    for (const own of groups)
      for (let at = 0; at < own.dimensions.length; at += 1) {
        const dimensions = own.dimensions[at] ?? 0;
        const project = this.#projects.numberAt(dimensions);
        shared.project.take(project);
        shared.session.take(this.#sessions.numberAt(dimensions));
        const row = rows.get(project);
        if (row === undefined) {
          rows.set(project, sums.events.length);
          sums.events.push(own.events[at] ?? 0);
          sums.quantity.pushAmount(own.quantities, at);
          sums.credits.pushAmount(own.credits, at);
        } else {
          sums.events.set(row, sums.events.at(row) + (own.events[at] ?? 0));
          sums.quantity.addAmount(row, own.quantities, at);
          sums.credits.addAmount(row, own.credits, at);
        }
      }
    return rows;
  }
}

// Folding never waits, so one set of columns serves all entries.
const sums = new LedgerLines();
/** Of `sums`, by number of the project. */
const rows = new Map<number, number>();
const lines = new LedgerLines();

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
