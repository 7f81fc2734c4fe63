import type { EvidenceLine, EvidenceMeterLine, IdentityHash } from '../account-events.js';
import { AmountColumn } from './amount-column.js';
import { Dictionary } from './dictionary.js';
import { NumberLists } from './number-lists.js';

/** What the lines of one rate use were: in line order. */
export interface UseAmounts {
  readonly quantities: AmountColumn;
  readonly credits: AmountColumn;
}

/** What few meter lines have. */
export type LineExtras = Omit<EvidenceMeterLine, 'use' | 'quantityNanos' | 'creditsNanos'>;

/** Usage events and their meter lines as columns: what the fold gathers, the codec writes and audits read. */
export interface EvidenceTable {
  readonly count: number;
  readonly sources: { readonly texts: readonly string[] };
  readonly sourceNumbers: readonly number[];
  readonly ids: readonly string[];
  readonly hashes: readonly IdentityHash[];
  readonly timesMs: readonly number[];
  readonly usageTimesMs: readonly number[];
  readonly offsets: AmountColumn;
  readonly recordTimestampsMs: readonly number[];
  readonly dimensions: readonly number[];
  /** The rate uses of the meter lines of an event, by number, and which of them each event has. */
  readonly patterns: { readonly lists: readonly (readonly number[])[] };
  readonly patternNumbers: readonly number[];
  /** By rate use, in the order of their first lines. */
  readonly amounts: ReadonlyMap<number, UseAmounts>;
  /** By number of the meter line. */
  readonly extras: ReadonlyMap<number, LineExtras>;
  /** Meter lines of all events. */
  readonly lineCount: number;
}

const NO_EXTRAS: ReadonlyMap<number, LineExtras> = new Map();

/** Usage events while they are gathered. */
export class EvidenceColumns implements EvidenceTable {
  readonly sources = new Dictionary();
  sourceNumbers: number[] = [];
  ids: string[] = [];
  hashes: IdentityHash[] = [];
  timesMs: number[] = [];
  usageTimesMs: number[] = [];
  readonly offsets = new AmountColumn();
  recordTimestampsMs: number[] = [];
  dimensions: number[] = [];
  readonly patterns = new NumberLists();
  patternNumbers: number[] = [];
  readonly amounts = new Map<number, UseAmounts>();
  lineCount = 0;
  #extras: Map<number, LineExtras> | undefined;
  #lastSource: string | undefined;
  #lastSourceNumber = 0;

  get count(): number {
    return this.ids.length;
  }

  get extras(): ReadonlyMap<number, LineExtras> {
    return this.#extras ?? NO_EXTRAS;
  }

  amountsOf(use: number): UseAmounts {
    let amounts = this.amounts.get(use);
    if (amounts === undefined) {
      amounts = { quantities: new AmountColumn(), credits: new AmountColumn() };
      this.amounts.set(use, amounts);
    }
    return amounts;
  }

  /** One meter line of the usage event that the next `pushEvent` ends. */
  pushLine(line: EvidenceMeterLine): void {
    const { use, quantityNanos, creditsNanos, ...extras } = line;
    const amounts = this.amountsOf(use);
    amounts.quantities.push(quantityNanos);
    amounts.credits.push(creditsNanos);
    if (extras.cutNanos !== undefined || extras.deltaUnits !== undefined || extras.inputs !== undefined)
      (this.#extras ??= new Map()).set(this.lineCount, extras);
    this.lineCount += 1;
  }

  /** `uses` are those of its lines, which were pushed before. */
  pushEvent(event: Omit<EvidenceLine, 'lines'>, uses: readonly number[]): void {
    const { source } = event;
    if (source !== this.#lastSource) {
      this.#lastSource = source;
      this.#lastSourceNumber = this.sources.numberOf(source);
    }
    const pattern = this.patterns.numberOf(uses);
    this.offsets.push(event.offset);
    if (this.count === 0) this.#begin(event, pattern);
    else {
      this.sourceNumbers.push(this.#lastSourceNumber);
      this.ids.push(event.id);
      this.hashes.push(event.hash);
      this.timesMs.push(event.timeMs);
      this.usageTimesMs.push(event.usageTimeMs);
      this.recordTimestampsMs.push(event.recordTimestampMs);
      this.dimensions.push(event.dimensions);
      this.patternNumbers.push(pattern);
    }
  }

  /** Many an event charges one usage event: lists made of it take a tenth of those that grow. */
  #begin(event: Omit<EvidenceLine, 'lines'>, pattern: number): void {
    this.sourceNumbers = [this.#lastSourceNumber];
    this.ids = [event.id];
    this.hashes = [event.hash];
    this.timesMs = [event.timeMs];
    this.usageTimesMs = [event.usageTimeMs];
    this.recordTimestampsMs = [event.recordTimestampMs];
    this.dimensions = [event.dimensions];
    this.patternNumbers = [pattern];
  }
}

/** Usage events as rows. */
export function evidenceRows(table: EvidenceTable): EvidenceLine[] {
  const nextOf = new Map<number, number>();
  let line = 0;
  return table.ids.map((id, index) => ({
    source: table.sources.texts[table.sourceNumbers[index] ?? 0] ?? '',
    id,
    hash: table.hashes[index] ?? NO_HASH,
    timeMs: table.timesMs[index] ?? 0,
    usageTimeMs: table.usageTimesMs[index] ?? 0,
    offset: table.offsets.at(index),
    recordTimestampMs: table.recordTimestampsMs[index] ?? 0,
    dimensions: table.dimensions[index] ?? 0,
    lines: (table.patterns.lists[table.patternNumbers[index] ?? 0] ?? []).map((use): EvidenceMeterLine => {
      const at = nextOf.get(use) ?? 0;
      nextOf.set(use, at + 1);
      const own = table.amounts.get(use);
      const amounts = { use, quantityNanos: own?.quantities.at(at) ?? 0n, creditsNanos: own?.credits.at(at) ?? 0n };
      const extras = table.extras.get(line++);
      return extras === undefined ? amounts : { ...amounts, ...extras };
    }),
  }));
}

const NO_HASH: IdentityHash = { identityHigh: 0, identityLow: 0, contentHigh: 0, contentLow: 0 };

export function evidenceColumnsOf(lines: readonly EvidenceLine[]): EvidenceColumns {
  const columns = new EvidenceColumns();
  for (const event of lines) {
    for (const line of event.lines) columns.pushLine(line);
    columns.pushEvent(
      event,
      event.lines.map(({ use }) => use),
    );
  }
  return columns;
}
