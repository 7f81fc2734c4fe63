import type { DayRange } from './day.js';

/** A set of days as sorted, disjoint ranges: mostly one, for each of a million accounts. */
export class DayRanges {
  #ranges: DayRange[] = [];

  get ranges(): readonly DayRange[] {
    return this.#ranges;
  }

  get count(): number {
    return this.#ranges.reduce((days, { from, to }) => days + to - from + 1, 0);
  }

  /** True when every day of the range is in the set. */
  covers(from: number, to: number): boolean {
    for (const range of this.#ranges) if (range.from <= from && to <= range.to) return true;
    return false;
  }

  has(day: number): boolean {
    return this.covers(day, day);
  }

  add(range: DayRange): void {
    let { from, to } = range;
    const apart: DayRange[] = [];
    for (const other of this.#ranges) {
      if (other.to + 1 < from || to + 1 < other.from) apart.push(other);
      else {
        from = Math.min(from, other.from);
        to = Math.max(to, other.to);
      }
    }
    apart.push({ from, to });
    this.#ranges = apart.toSorted((a, b) => a.from - b.from);
  }

  /** Keeps only what lies within the range. */
  restrictTo(kept: DayRange): void {
    this.#ranges = this.#ranges
      .map((range) => ({ from: Math.max(range.from, kept.from), to: Math.min(range.to, kept.to) }))
      .filter((range) => range.from <= range.to);
  }

  clear(): void {
    this.#ranges = [];
  }
}
