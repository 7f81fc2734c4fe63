const blank = [Number.NaN];

/**
 * A list of so many numbers, for the caller to fill: one that grows as it is pushed to leaves twice as much behind. As
 * copies of doubles all lists are of one kind to the engine, whatever is put into them.
 */
export function blankNumbers(count: number): number[] {
  while (blank.length < count) blank.push(Number.NaN);
  return blank.slice(0, count);
}
