/** Short lists of numbers, of which few differ: each different one is kept once and meant by its number. */
export class NumberLists {
  readonly lists: (readonly number[])[] = [];
  #numbers: Map<string, number> | undefined;

  /** The number of a list; a new one is copied. Mostly it is one of the first few. */
  numberOf(list: readonly number[]): number {
    const { lists } = this;
    const near = Math.min(lists.length, NEAR);
    for (let number = 0; number < near; number += 1) if (isSame(lists[number], list)) return number;
    if (lists.length < NEAR) return lists.push([...list]) - 1;
    this.#numbers ??= new Map(lists.map((known, number) => [known.join(), number]));
    const key = list.join();
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = lists.push([...list]) - 1;
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
