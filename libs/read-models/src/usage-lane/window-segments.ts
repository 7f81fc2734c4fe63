import { SegmentBuilder } from './segment-builder.js';
import type { Segment } from './segment.js';
import type { RowRun, UsageWindow } from './usage-window.js';

/** Cuts a window's rows into segments, each with dictionaries of its own. */
export class WindowSegments {
  readonly #lists: LocalNumbers;
  readonly #pairs: LocalNumbers;
  readonly #builder = new SegmentBuilder();

  constructor(private readonly window: UsageWindow) {
    this.#lists = new LocalNumbers(window.rows.dimensions.length);
    this.#pairs = new LocalNumbers(window.pairs.size);
  }

  /** The segment of some runs of rows, which lie in one day of one account; it is the caller's until the next call. */
  of(runs: readonly RowRun[]): Segment {
    this.#lists.begin();
    this.#pairs.begin();
    this.#builder.clear();
    for (const run of runs) this.#add(run);
    return this.#builder.segment;
  }

  #add({ use, hour, from, to }: RowRun): void {
    const { rows } = this.window;
    const { segment } = this.#builder;
    for (let row = from; row < to; row += 1) segment.dimension.push(this.#listOf(rows.dimension.at(row)));
    segment.use.pushTimes(this.#builder.useOf(use), to - from);
    segment.hour.pushTimes(hour, to - from);
    segment.events.pushColumn(rows.events, from, to);
    segment.firstEvents.pushColumn(rows.firstEvents, from, to);
    segment.quantity.pushColumn(rows.quantity, from, to);
    segment.credits.pushColumn(rows.credits, from, to);
  }

  #listOf(list: number): number {
    return this.#lists.of(list) ?? this.#lists.set(list, this.#copyList(list));
  }

  #copyList(list: number): number {
    const { dimensions } = this.window.rows;
    const own = this.#builder.segment.dimensions;
    const end = dimensions.to(list);
    for (let at = dimensions.from(list); at < end; at += 1) own.items.push(this.#pairOf(dimensions.items.at(at)));
    return own.close();
  }

  #pairOf(pair: number): number {
    return this.#pairs.of(pair) ?? this.#pairs.set(pair, this.#copyPair(pair));
  }

  #copyPair(pair: number): number {
    const { pairs } = this.window;
    return this.#builder.addPair(pairs.nameOf(pairs.dimensionOf(pair)), pairs.valueOf(pair));
  }
}

/** The numbers that one segment has for what its window numbers. */
class LocalNumbers {
  readonly #local: Int32Array;
  /** The segment that a local number was given in: those of earlier ones do not count. */
  readonly #given: Int32Array;
  #segment = 0;

  constructor(size: number) {
    this.#local = new Int32Array(size);
    this.#given = new Int32Array(size);
  }

  begin(): void {
    this.#segment += 1;
  }

  /** Undefined before one was set. */
  of(number: number): number | undefined {
    return this.#given[number] === this.#segment ? this.#local[number] : undefined;
  }

  set(number: number, local: number): number {
    this.#given[number] = this.#segment;
    this.#local[number] = local;
    return local;
  }
}
