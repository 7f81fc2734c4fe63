import type { ContentHash, EvidenceLine, EvidenceMeterLine } from '../account-events.js';
import type { AmountColumn } from './amount-column.js';
import { Dictionary } from './dictionary.js';
import { GatheredAmounts } from './gathered-amounts.js';
import { GatheredByUse } from './gathered-by-use.js';
import { GatheredNumbers } from './gathered-numbers.js';
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
  readonly contentHashes: readonly ContentHash[];
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

/** What the lines of one rate use were, while they are gathered. */
export class GatheredUseAmounts {
  readonly quantities = new GatheredAmounts();
  readonly credits = new GatheredAmounts();
}

/** A usage event as its record tells it. */
export interface RecordedEvent extends Pick<EvidenceLine, 'offset' | 'recordTimestampMs'> {
  readonly content: {
    readonly event: Pick<EvidenceLine, 'source' | 'id' | 'timeMs'>;
    readonly hash: ContentHash;
  };
}

/** How it was charged: its meter lines, of these uses, were pushed before. */
interface ChargedEvent extends Pick<EvidenceLine, 'usageTimeMs' | 'dimensions'> {
  readonly uses: readonly number[];
}

/** Usage events while they are gathered. */
export class EvidenceColumns {
  /** Meter lines of all events. */
  lineCount = 0;
  #sources = new Dictionary();
  #patterns = new NumberLists();
  #ids: string[] = [];
  #contentHashes: ContentHash[] = [];
  #extras: Map<number, LineExtras> | undefined;
  readonly #sourceNumbers = new GatheredNumbers();
  readonly #timesMs = new GatheredNumbers();
  readonly #usageTimesMs = new GatheredNumbers();
  readonly #offsets = new GatheredAmounts();
  readonly #recordTimestampsMs = new GatheredNumbers();
  readonly #dimensions = new GatheredNumbers();
  readonly #patternNumbers = new GatheredNumbers();
  readonly #amounts = new GatheredByUse(() => new GatheredUseAmounts());
  #lastSource: string | undefined;
  #lastSourceNumber = 0;

  get count(): number {
    return this.#ids.length;
  }

  amountsOf(use: number): GatheredUseAmounts {
    return this.#amounts.of(use);
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

  /** One usage event, behind its meter lines. */
  pushEvent({ content, offset, recordTimestampMs }: RecordedEvent, charged: ChargedEvent): void {
    const { source, id, timeMs } = content.event;
    if (source !== this.#lastSource) {
      this.#lastSource = source;
      this.#lastSourceNumber = this.#sources.numberOf(source);
    }
    // Many an event charges one usage event: lists made of it take a tenth of those that grow.
    if (this.count === 0) [this.#ids, this.#contentHashes] = [[id], [content.hash]];
    else {
      this.#ids.push(id);
      this.#contentHashes.push(content.hash);
    }
    this.#sourceNumbers.push(this.#lastSourceNumber);
    this.#timesMs.push(timeMs);
    this.#usageTimesMs.push(charged.usageTimeMs);
    this.#offsets.push(offset);
    this.#recordTimestampsMs.push(recordTimestampMs);
    this.#dimensions.push(charged.dimensions);
    this.#patternNumbers.push(this.#patterns.numberOf(charged.uses));
  }

  /** What was gathered, and nothing is left. */
  take(): EvidenceTable {
    const taken: EvidenceTable = {
      count: this.count,
      sources: this.#sources,
      sourceNumbers: this.#sourceNumbers.take(),
      ids: this.#ids,
      contentHashes: this.#contentHashes,
      timesMs: this.#timesMs.take(),
      usageTimesMs: this.#usageTimesMs.take(),
      offsets: this.#offsets.take(),
      recordTimestampsMs: this.#recordTimestampsMs.take(),
      dimensions: this.#dimensions.take(),
      patterns: this.#patterns,
      patternNumbers: this.#patternNumbers.take(),
      amounts: this.#amounts.take(({ quantities, credits }) => ({
        quantities: quantities.take(),
        credits: credits.take(),
      })),
      extras: this.#extras ?? NO_EXTRAS,
      lineCount: this.lineCount,
    };
    this.#sources = new Dictionary();
    this.#patterns = new NumberLists();
    this.#ids = [];
    this.#contentHashes = [];
    this.#extras = undefined;
    this.lineCount = 0;
    this.#lastSource = undefined;
    return taken;
  }
}

/** Usage events as rows. */
export function evidenceRows(table: EvidenceTable): EvidenceLine[] {
  const nextOf = new Map<number, number>();
  let line = 0;
  return table.ids.map((id, index) => ({
    source: table.sources.texts[table.sourceNumbers[index] ?? 0] ?? '',
    id,
    contentHash: table.contentHashes[index] ?? NO_HASH,
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

const NO_HASH: ContentHash = { contentHigh: 0, contentLow: 0 };

export function evidenceColumnsOf(lines: readonly EvidenceLine[]): EvidenceTable {
  const columns = new EvidenceColumns();
  for (const event of lines) {
    const { offset, recordTimestampMs, usageTimeMs, dimensions } = event;
    for (const line of event.lines) columns.pushLine(line);
    const uses = event.lines.map(({ use }) => use);
    columns.pushEvent(
      { content: { event, hash: event.contentHash }, offset, recordTimestampMs },
      { usageTimeMs, dimensions, uses },
    );
  }
  return columns.take();
}
