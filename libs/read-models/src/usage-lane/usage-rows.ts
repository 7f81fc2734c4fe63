import { AmountColumn } from '../columns/amount-column.js';
import { ListColumn } from '../columns/list-column.js';
import { NumberColumn } from '../columns/number-column.js';

/** Rows of usage in columns: each with a list of `dimensions`, whose items are numbers of pairs, and its figures. */
export class UsageRows {
  readonly dimensions = new ListColumn();
  readonly dimension = new NumberColumn();
  /** Meter lines. */
  readonly events = new NumberColumn();
  /** Usage events, each in the row of its first meter line. */
  readonly firstEvents = new NumberColumn();
  readonly quantity = new AmountColumn();
  readonly credits = new AmountColumn();

  get rows(): number {
    return this.events.length;
  }

  /** Makes room for so many rows at once. */
  reserve(rows: number): void {
    for (const column of [this.dimension, this.events, this.firstEvents, this.quantity, this.credits])
      column.reserve(rows);
  }

  clear(): void {
    for (const column of [this.dimensions, this.dimension, this.events, this.firstEvents]) column.clear();
    for (const column of [this.quantity, this.credits]) column.clear();
  }
}

/** The columns that are added up. */
export type Figures = Pick<UsageRows, 'events' | 'firstEvents' | 'quantity' | 'credits'>;
