import type { RateUse } from '@app/metering';
import { RateBook } from './rate-book.js';

/** The books of one account: one of each rate in each cycle. */
export class RateBooks {
  /** By cycle start, then by rate. */
  private readonly books = new Map<number, Map<string, RateBook>>();

  /** Those of one cycle, by rate. */
  ofCycle(startMs: number): ReadonlyMap<string, RateBook> {
    return this.books.get(startMs) ?? new Map<string, RateBook>();
  }

  find({ cycle, rate }: RateUse): RateBook | undefined {
    return this.books.get(cycle.startMs)?.get(rate);
  }

  /** A book for a use that has none. */
  open({ cycle, rate, meter }: RateUse): RateBook {
    let rates = this.books.get(cycle.startMs);
    if (rates === undefined) this.books.set(cycle.startMs, (rates = new Map()));
    const book = new RateBook(meter, cycle);
    rates.set(rate, book);
    return book;
  }
}
