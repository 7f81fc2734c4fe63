/** Short lists of numbers, of which few differ: each different one is kept once and meant by its number. */
export class NumberLists {
  readonly lists: (readonly number[])[] = [];
  readonly #numbers = new Map<string, number>();

  /** The number of a list; a new one is copied. Mostly it is one of the first few. */
  numberOf(list: readonly number[]): number {
    const near = Math.min(this.lists.length, NEAR);
    for (let number = 0; number < near; number += 1) if (isSame(this.lists[number], list)) return number;
    const key = list.join();
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.lists.length;
      this.lists.push([...list]);
      this.#numbers.set(key, number);
    }
    return number;
  }
}

const NEAR = 8;

function isSame(one: readonly number[] | undefined, other: readonly number[]): boolean {
  if (one === undefined || one.length !== other.length) return false;
  for (let at = 0; at < other.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}
