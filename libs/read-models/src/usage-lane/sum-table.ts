import type { GroupsOfUse } from '@app/metering';
import { AmountColumn } from '../columns/amount-column.js';
import { NumberColumn } from '../columns/number-column.js';
import type { Sums } from './sums.js';
import type { Figures } from './usage-rows.js';

/**
 * Sums in columns, each a row: objects with a bigint for every figure would live as long as a window or longer, and the
 * garbage collector would copy them again and again.
 */
export class SumTable implements Figures {
  readonly events = new NumberColumn();
  readonly firstEvents = new NumberColumn();
  readonly quantity = new AmountColumn();
  readonly credits = new AmountColumn();

  /** A row of nothing; answers its number. */
  begin(): number {
    this.events.push(0);
    this.firstEvents.push(0);
    this.quantity.pushSmall(0);
    this.credits.pushSmall(0);
    return this.events.length - 1;
  }

  /** Adds the groups of one use from one place to before another. */
  addGroups(row: number, groups: GroupsOfUse, { from, to }: { readonly from: number; readonly to: number }): void {
    for (let at = from; at < to; at += 1) {
      this.events.set(row, this.events.at(row) + (groups.events[at] ?? 0));
      this.firstEvents.set(row, this.firstEvents.at(row) + (groups.firstEvents[at] ?? 0));
      this.quantity.addAmount(row, groups.quantities, at);
      this.credits.addAmount(row, groups.credits, at);
    }
  }

  addFrom(row: number, from: Figures, fromRow: number): void {
    this.events.set(row, this.events.at(row) + from.events.at(fromRow));
    this.firstEvents.set(row, this.firstEvents.at(row) + from.firstEvents.at(fromRow));
    this.quantity.addFrom(row, from.quantity, fromRow);
    this.credits.addFrom(row, from.credits, fromRow);
  }

  add(row: number, sums: Readonly<Sums>): void {
    this.events.set(row, this.events.at(row) + sums.events);
    this.firstEvents.set(row, this.firstEvents.at(row) + sums.firstEvents);
    this.quantity.add(row, sums.quantityNanos);
    this.credits.add(row, sums.creditsNanos);
  }

  clear(): void {
    for (const column of [this.events, this.firstEvents, this.quantity, this.credits]) column.clear();
  }
}
