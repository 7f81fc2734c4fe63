import type { UsageCharged, UsageGroup } from '@app/metering';
import { Numbering } from '../columns/numbering.js';
import { LedgerLines } from './ledger-lines-codec.js';

const NONE = 0;
/** Of entries whose usage differs in it. */
const SEVERAL = -1;

/** What the groups of one append are to the entries that pay them: by meter and project. */
export class UsageLines {
  readonly #meters: Texts;
  readonly #projects: Texts;
  readonly #sessions: Texts;

  constructor(private readonly event: UsageCharged) {
    this.#meters = new Texts(event.uses.map(({ meter }) => meter));
    this.#projects = new Texts(event.dimensions.map((pairs) => valueIn(pairs, 'project')));
    this.#sessions = new Texts(event.dimensions.map((pairs) => valueIn(pairs, 'session')));
  }

  /** What some uses are: their lines, which are the caller's until the next call, and what all of them share. */
  of(uses: ReadonlySet<number>): EntryUsage {
    const rows: Map<number, number>[] = [];
    sums.clear();
    let project: number | undefined;
    let session: number | undefined;
    for (const group of this.event.groups) {
      if (!uses.has(group.use)) continue;
      const meter = this.#meters.numberAt(group.use);
      const own = this.#projects.numberAt(group.dimensions);
      project = shared(project, own);
      session = shared(session, this.#sessions.numberAt(group.dimensions));
      addLine((rows[meter] ??= new Map<number, number>()), { meter, project: own }, group);
    }
    this.#arrange(rows);
    return { project: this.#projects.text(project), session: this.#sessions.text(session), lines };
  }

  /** The sums in the codec's order, with dictionaries of their own. */
  #arrange(byMeter: readonly (Map<number, number> | undefined)[]): void {
    const projects = new Numbering<number>();
    lines.clear();
    for (const [meter, rows] of byMeter.entries()) {
      if (rows === undefined) continue;
      lines.meters.push(this.#meters.text(meter) ?? '');
      for (const [project, row] of rows) {
        const text = this.#projects.text(project);
        lines.meter.push(lines.meters.length - 1);
        lines.project.push(text === null ? NONE : projects.numberOf(project, () => lines.projects.push(text)) + 1);
        lines.events.push(sums.events.at(row));
        lines.quantity.pushFrom(sums.quantity, row);
        lines.credits.pushFrom(sums.credits, row);
      }
    }
  }
}

// Folding never waits, so one set of columns serves all entries.
const sums = new LedgerLines();
const lines = new LedgerLines();

function addLine(
  rows: Map<number, number>,
  { meter, project }: { meter: number; project: number },
  group: UsageGroup,
): void {
  const row = rows.get(project);
  if (row === undefined) {
    rows.set(project, sums.rows);
    sums.meter.push(meter);
    sums.project.push(project);
    sums.events.push(group.events);
    sums.quantity.push(group.quantityNanos);
    sums.credits.push(group.creditsNanos);
    return;
  }
  sums.events.set(row, sums.events.at(row) + group.events);
  sums.quantity.add(row, group.quantityNanos);
  sums.credits.add(row, group.creditsNanos);
}

export interface EntryUsage {
  readonly project: string | null;
  readonly session: string | null;
  readonly lines: LedgerLines;
}

const valueIn = (pairs: UsageCharged['dimensions'][number], name: string): string | null =>
  pairs.find(([dimension]) => dimension === name)?.[1] ?? null;

const shared = (known: number | undefined, own: number): number =>
  known === undefined || known === own ? own : SEVERAL;

/** Numbers of texts from 1 on, and of the places that have them; a place without one has 0. */
class Texts {
  readonly texts: string[] = [];
  readonly #numbers: readonly number[];

  constructor(places: readonly (string | null)[]) {
    const numbering = new Numbering<string>();
    this.#numbers = places.map((text) =>
      text === null ? NONE : numbering.numberOf(text, () => this.texts.push(text)) + 1,
    );
  }

  numberAt(place: number): number {
    return this.#numbers[place] ?? NONE;
  }

  text(number: number | undefined): string | null {
    return number === undefined || number <= NONE ? null : (this.texts[number - 1] ?? null);
  }
}
