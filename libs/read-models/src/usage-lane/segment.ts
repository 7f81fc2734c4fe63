import type { RateUse } from '@app/metering';
import { NumberColumn } from '../columns/number-column.js';
import { UsageRows, type Figures } from './usage-rows.js';

export type Outcome = RateUse['outcome'];

/** What rows of a segment have in common. */
export interface SegmentUse {
  readonly meter: string;
  readonly pool: string;
  readonly outcome: Outcome;
}

/** Name and value of one dimension, as an index into `Segment.names`. */
export interface SegmentPair {
  readonly name: number;
  readonly value: string;
}

/**
 * Usage of one account and UTC day, in columns: row i has use `uses[use[i]]`, the pairs of `dimensions[dimension[i]]`
 * (indexes into `pairs`), hour of the day `hour[i]`, and its figures. Rows of equal keys may stand several times.
 */
export class Segment extends UsageRows {
  readonly uses: SegmentUse[] = [];
  readonly names: string[] = [];
  readonly pairs: SegmentPair[] = [];
  readonly use = new NumberColumn();
  readonly hour = new NumberColumn();

  override reserve(rows: number): void {
    super.reserve(rows);
    for (const column of [this.use, this.hour]) column.reserve(rows);
  }

  override clear(): void {
    super.clear();
    for (const texts of [this.uses, this.names, this.pairs]) texts.length = 0;
    for (const column of [this.use, this.hour]) column.clear();
  }

  /** Adds a row with the figures that another segment has in one of its own. */
  pushFrom(
    from: Figures,
    index: number,
    key: { readonly use: number; readonly dimension: number; readonly hour: number },
  ): void {
    this.use.push(key.use);
    this.dimension.push(key.dimension);
    this.hour.push(key.hour);
    this.events.push(from.events.at(index));
    this.firstEvents.push(from.firstEvents.at(index));
    this.quantity.pushFrom(from.quantity, index);
    this.credits.pushFrom(from.credits, index);
  }

  /** Whether a row has the figures that another segment has in one of its own. */
  isSameAt(row: number, other: Figures, index: number): boolean {
    return (
      this.events.at(row) === other.events.at(index) &&
      this.firstEvents.at(row) === other.firstEvents.at(index) &&
      this.quantity.isSameAt(row, other.quantity, index) &&
      this.credits.isSameAt(row, other.credits, index)
    );
  }

  /** Adds the figures of another segment's row to one of this. */
  addFrom(row: number, from: Figures, index: number): void {
    this.events.set(row, this.events.at(row) + from.events.at(index));
    this.firstEvents.set(row, this.firstEvents.at(row) + from.firstEvents.at(index));
    this.quantity.addFrom(row, from.quantity, index);
    this.credits.addFrom(row, from.credits, index);
  }
}
