import { arrayLiteral } from '../columns/array-literal.js';
import { toStored } from '../stored-text.js';
import type { SumTable } from './sum-table.js';
import type { Figures } from './usage-rows.js';

/** How many figures `usage_totals` has of a meter. */
export const FIGURES = 4;

/** Usage by meter, in the order of their names: each meter's row in some table. Equal content has one form. */
export class MeterTotals {
  readonly #names: string[] = [];
  readonly #rows: number[] = [];
  /** Meters hardly change from window to window. */
  #meters: string | undefined;

  /** The row of a meter; made in `table` where there is none yet. */
  of(meter: string, table: SumTable): number {
    // A handful of names: looking through them is cheaper than a map of them.
    return this.#rows[this.#names.indexOf(meter)] ?? this.#insert(meter, table.begin());
  }

  /** Adds totals, whose rows are in `from`, to these, whose rows are in `table`. */
  add(table: SumTable, more: MeterTotals, from: Figures): void {
    for (let index = 0; index < more.#names.length; index += 1)
      table.addFrom(this.of(more.#names[index] ?? '', table), from, more.#rows[index] ?? 0);
  }

  /** Adds a meter's figures as the table has them. */
  read(meter: string, figures: readonly string[], table: SumTable): void {
    const [firstEvents = '', events = '', quantity = '', credits = ''] = figures;
    table.add(this.of(meter, table), {
      firstEvents: Number(firstEvents),
      events: Number(events),
      quantityNanos: BigInt(quantity),
      creditsNanos: BigInt(credits),
    });
  }

  /** The meters as text of a Postgres array. */
  get meters(): string {
    return (this.#meters ??= arrayLiteral(this.#names.map(toStored)));
  }

  /** The figures of each meter, as `usage_totals` has them: as text of a Postgres array. */
  figures({ events, firstEvents, quantity, credits }: Figures): string {
    let text = '';
    for (const row of this.#rows)
      text += `${text === '' ? '' : ','}${firstEvents.at(row)},${events.at(row)},${quantity.textAt(row)},${credits.textAt(row)}`;
    return `{${text}}`;
  }

  #insert(meter: string, row: number): number {
    const next = this.#names.findIndex((other) => other > meter);
    const at = next === -1 ? this.#names.length : next;
    this.#names.splice(at, 0, meter);
    this.#rows.splice(at, 0, row);
    this.#meters = undefined;
    return row;
  }
}
