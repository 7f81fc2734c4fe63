import { AmountColumn } from '../columns/amount-column.js';
import { NumberColumn } from '../columns/number-column.js';
import type { Sums } from './sums.js';
import type { Figures } from './usage-rows.js';

/** Adds rows up by a number that the caller makes of them. */
export class KeyedFigures {
  readonly #rows = new Map<number, number>();
  readonly #events = new NumberColumn();
  readonly #firstEvents = new NumberColumn();
  readonly #quantity = new AmountColumn();
  readonly #credits = new AmountColumn();

  add(key: number, from: Figures, index: number): void {
    const row = this.#rows.get(key);
    if (row === undefined) {
      this.#rows.set(key, this.#events.length);
      this.#events.push(from.events.at(index));
      this.#firstEvents.push(from.firstEvents.at(index));
      this.#quantity.pushFrom(from.quantity, index);
      this.#credits.pushFrom(from.credits, index);
      return;
    }
    this.#events.set(row, this.#events.at(row) + from.events.at(index));
    this.#firstEvents.set(row, this.#firstEvents.at(row) + from.firstEvents.at(index));
    this.#quantity.addFrom(row, from.quantity, index);
    this.#credits.addFrom(row, from.credits, index);
  }

  /** Every number with its sums, in the order in which they first came. */
  *sums(): Generator<readonly [key: number, sums: Sums]> {
    for (const [key, row] of this.#rows)
      yield [
        key,
        {
          events: this.#events.at(row),
          firstEvents: this.#firstEvents.at(row),
          quantityNanos: this.#quantity.at(row),
          creditsNanos: this.#credits.at(row),
        },
      ];
  }
}
