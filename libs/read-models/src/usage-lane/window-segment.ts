import type { UsageCharged, UsageGroup } from '@app/metering';
import type { PairTable } from './pair-table.js';
import { Numbering, type SegmentColumns, type SegmentPair, type SegmentUse } from './segment.js';

const NOT_YET = -1;

/** One account's groups of one day and window, as they come: nothing is looked up twice, nothing is added up. */
export class WindowSegment implements SegmentColumns {
  readonly uses: SegmentUse[] = [];
  readonly names: string[] = [];
  readonly pairs: SegmentPair[] = [];
  readonly dimensions: (readonly number[])[] = [];
  readonly use: number[] = [];
  readonly dimension: number[] = [];
  readonly hour: number[] = [];
  readonly events: number[] = [];
  readonly firstEvents: number[] = [];
  readonly quantity: bigint[] = [];
  readonly credits: bigint[] = [];
  readonly #names = new Numbering<number>();
  readonly #pairs = new Map<number, number>();
  #event: UsageCharged | undefined;
  /** Of the event that is being added: its dictionaries in this segment's numbers. */
  #usesOfEvent: number[] = [];
  #dimensionsOfEvent = new Int32Array(0);

  constructor(private readonly table: PairTable) {}

  add(event: UsageCharged, group: UsageGroup, pairs: readonly number[]): void {
    if (this.#event !== event) this.#begin(event);
    this.use.push(this.#usesOfEvent[group.use] ?? 0);
    let dimension = this.#dimensionsOfEvent[group.dimensions] ?? NOT_YET;
    if (dimension === NOT_YET) {
      dimension = this.dimensions.push(pairs.map((pair) => this.#pairOf(pair))) - 1;
      this.#dimensionsOfEvent[group.dimensions] = dimension;
    }
    this.dimension.push(dimension);
    this.hour.push(group.hour - Math.floor(group.hour / 24) * 24);
    this.events.push(group.events);
    this.firstEvents.push(group.firstEvents);
    this.quantity.push(group.quantityNanos);
    this.credits.push(group.creditsNanos);
  }

  #begin(event: UsageCharged): void {
    this.#event = event;
    const first = this.uses.length;
    for (const { meter, pool, outcome } of event.uses) this.uses.push({ meter, pool, outcome });
    this.#usesOfEvent = event.uses.map((_, index) => first + index);
    this.#dimensionsOfEvent = new Int32Array(event.dimensions.length).fill(NOT_YET);
  }

  #pairOf(pair: number): number {
    let local = this.#pairs.get(pair);
    if (local === undefined) {
      const dimension = this.table.dimensionOf(pair);
      const name = this.#names.numberOf(dimension, () => this.names.push(this.table.nameOf(dimension)));
      local = this.pairs.push({ name, value: this.table.valueOf(pair) }) - 1;
      this.#pairs.set(pair, local);
    }
    return local;
  }
}
