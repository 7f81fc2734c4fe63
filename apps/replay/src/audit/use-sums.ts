import { SMALL_MAX, type GroupsOfUse, type UseAmounts } from '@app/metering';

const NO_NUMBERS: readonly number[] = [];

/** The lines of one rate use, added up by row while every sum stays exact as a number. */
export class UseSums {
  #quantities = NO_NUMBERS;
  #credits = NO_NUMBERS;
  #next = 0;
  #events = new Int32Array(64);
  #firstEvents = new Int32Array(64);
  #quantitySums = new Float64Array(64);
  #creditSums = new Float64Array(64);
  #left = 0;

  /** Rows that have lines and were not taken. */
  get left(): number {
    return this.#left;
  }

  /** Begins with the lines' amounts; false where they are none that numbers hold. */
  begin({ quantities, credits }: UseAmounts): boolean {
    this.#quantities = quantities.small ?? NO_NUMBERS;
    this.#credits = credits.small ?? NO_NUMBERS;
    this.#next = 0;
    return quantities.small !== null && credits.small !== null;
  }

  /** Adds the next line to a row; false where the sum is none that numbers hold. */
  add(row: number, isFirst: boolean): boolean {
    if (row >= this.#events.length) this.#grow(2 * (row + 1));
    const line = this.#next++;
    const events = this.#events[row] ?? 0;
    if (events === 0) this.#left += 1;
    this.#events[row] = events + 1;
    if (isFirst) this.#firstEvents[row] = (this.#firstEvents[row] ?? 0) + 1;
    const quantity = (this.#quantitySums[row] ?? 0) + (this.#quantities[line] ?? 0);
    const credits = (this.#creditSums[row] ?? 0) + (this.#credits[line] ?? 0);
    this.#quantitySums[row] = quantity;
    this.#creditSums[row] = credits;
    return isExact(quantity) && isExact(credits);
  }

  /** Whether a row, which was not taken before, is what a group says; it is empty from then on. */
  take(row: number, groups: GroupsOfUse, at: number): boolean {
    const quantities = groups.quantities.small;
    const credits = groups.credits.small;
    const events = this.#events[row] ?? 0;
    const isSame =
      events > 0 &&
      events === groups.events[at] &&
      this.#firstEvents[row] === groups.firstEvents[at] &&
      quantities !== null &&
      credits !== null &&
      this.#quantitySums[row] === quantities[at] &&
      this.#creditSums[row] === credits[at];
    if (!isSame) return false;
    this.#left -= 1;
    this.#events[row] = 0;
    this.#firstEvents[row] = 0;
    this.#quantitySums[row] = 0;
    this.#creditSums[row] = 0;
    return true;
  }

  /** Forgets what was added and not taken. */
  clear(): void {
    this.#events.fill(0);
    this.#firstEvents.fill(0);
    this.#quantitySums.fill(0);
    this.#creditSums.fill(0);
    this.#left = 0;
  }

  #grow(rows: number): void {
    this.#events = grown(this.#events, new Int32Array(rows));
    this.#firstEvents = grown(this.#firstEvents, new Int32Array(rows));
    this.#quantitySums = grown(this.#quantitySums, new Float64Array(rows));
    this.#creditSums = grown(this.#creditSums, new Float64Array(rows));
  }
}

/** Two numbers of this size add up exactly. */
const isExact = (sum: number): boolean => sum <= SMALL_MAX && sum >= -SMALL_MAX;

function grown<T extends Int32Array | Float64Array>(old: T, room: T): T {
  room.set(old);
  return room;
}
