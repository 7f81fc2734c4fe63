const NONE = -1;

/** Numbers for pairs of dimensions and hour, from 0 on, in the order in which they are met. */
export class GroupRows {
  /** Of each combination of dimensions, its newest row: usage of one append is mostly of one hour. */
  #newest = new Int32Array(64);
  #hours = new Float64Array(64);
  /** Of each row, the next older one of the same combination. */
  #older = new Int32Array(64);
  #combinations = 0;
  #count = 0;

  /** Begins with no rows, for so many combinations. */
  begin(combinations: number): void {
    if (combinations > this.#newest.length) this.#newest = new Int32Array(2 * combinations);
    this.#newest.fill(NONE, 0, combinations);
    this.#combinations = combinations;
    this.#count = 0;
  }

  /** The row of a combination that there is, and an hour; a new one where there was none. */
  at(combination: number, hour: number): number {
    const row = this.find(combination, hour);
    return row === NONE ? this.#add(combination, hour) : row;
  }

  /** -1 where there is none. */
  find(combination: number, hour: number): number {
    // What lies behind is of an earlier event.
    let row = combination < this.#combinations ? (this.#newest[combination] ?? NONE) : NONE;
    while (row >= 0 && this.#hours[row] !== hour) row = this.#older[row] ?? NONE;
    return row;
  }

  #add(combination: number, hour: number): number {
    const row = this.#count++;
    if (row === this.#hours.length) this.#grow();
    this.#hours[row] = hour;
    this.#older[row] = this.#newest[combination] ?? NONE;
    this.#newest[combination] = row;
    return row;
  }

  #grow(): void {
    const [hours, older] = [this.#hours, this.#older];
    this.#hours = new Float64Array(2 * hours.length);
    this.#hours.set(hours);
    this.#older = new Int32Array(2 * older.length);
    this.#older.set(older);
  }
}
