import { AmountColumn } from '../columns/amount-column.js';
import { ListColumn } from '../columns/list-column.js';
import { NumberColumn } from '../columns/number-column.js';
import type { Figures } from './segment.js';

/** The groups of a window's appends as they come: nothing is looked up twice, nothing is added up. */
export class WindowRows implements Figures {
  /** Which of the window's segments a row belongs to. */
  readonly segment = new NumberColumn();
  readonly use = new NumberColumn();
  readonly dimension = new NumberColumn();
  readonly hour = new NumberColumn();
  readonly events = new NumberColumn();
  readonly firstEvents = new NumberColumn();
  readonly quantity = new AmountColumn();
  readonly credits = new AmountColumn();
  /** Lists of pairs, by their numbers in the window's table. */
  readonly dimensions = new ListColumn();

  get length(): number {
    return this.segment.length;
  }

  /** Row numbers ordered by segment, and where each segment's begin; one more tells where the last one's end. */
  bySegment(segments: number): { readonly order: Int32Array; readonly starts: Int32Array } {
    const starts = new Int32Array(segments + 1);
    for (let row = 0; row < this.length; row++) increment(starts, this.segment.at(row) + 1);
    for (let segment = 1; segment <= segments; segment++)
      starts[segment] = at(starts, segment) + at(starts, segment - 1);
    const next = starts.slice();
    const order = new Int32Array(this.length);
    for (let row = 0; row < this.length; row++) order[increment(next, this.segment.at(row))] = row;
    return { order, starts };
  }
}

const at = (numbers: Int32Array, index: number): number => numbers[index] ?? 0;

/** Answers what stood there before. */
function increment(numbers: Int32Array, index: number): number {
  const before = at(numbers, index);
  numbers[index] = before + 1;
  return before;
}
