import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { haveSameSums, mergeSegments } from './merge-segments.js';
import type { Segment } from './segment.js';
import { sumsByValue } from './sums-by-value.js';
import { addedUp, anyRow, rowsOf, segmentOf, type NamedRow } from './testing/any-segment.js';

const anyParts = fc.array(fc.array(anyRow, { maxLength: 8 }), { maxLength: 5 });
const sorted = (pairs: NamedRow['pairs']) => Object.entries(pairs).toSorted(([one], [other]) => (one < other ? -1 : 1));
const rowKey = ({ meter, pool, outcome, hour, pairs }: NamedRow): string[] => [
  JSON.stringify([meter, pool, outcome, hour, sorted(pairs)]),
];
const valueKeys = ({ meter, pairs }: NamedRow): string[] => sorted(pairs).map((pair) => JSON.stringify([meter, pair]));

describe('merging segments', () => {
  it('I6: keeps what they add up to, in any order of merging, one row a key', () => {
    fc.assert(
      fc.property(anyParts, (parts) => {
        const segments = parts.map(segmentOf);
        const atOnce = rowsOf(mergeSegments(segments));
        const inSteps = rowsOf(segments.reduce((sum, segment) => mergeSegments([sum, segment]), segmentOf([])));
        const expected = addedUp(parts.flat(), rowKey);
        expect(addedUp(atOnce, rowKey)).toEqual(expected);
        expect(addedUp(inSteps, rowKey)).toEqual(expected);
        expect(atOnce.length).toBe(Object.keys(expected).length);
      }),
    );
  });

  it('I6: sees whether segments add up to the same, however rows are cut, ordered and split', () => {
    const anyRows = fc.array(anyRow, { minLength: 1, maxLength: 12 });
    const anyChange = fc.constantFrom(-1n, 1n, 2n ** 60n);
    fc.assert(
      fc.property(anyRows, fc.nat({ max: 12 }), anyChange, (rows, cut, by) => {
        const segments = [rows.slice(0, cut), rows.slice(cut)].map(segmentOf);
        const [first, ...parts] = rows.toReversed().flatMap((row) => halvesOf(row, by));
        if (first === undefined) throw new Error('there are no rows');
        const others = (one: NamedRow): Segment[] => [segmentOf(parts), segmentOf([one])];
        expect(haveSameSums(segments, others(first))).toBe(true);
        expect(haveSameSums(segments, others({ ...first, creditsNanos: first.creditsNanos + by }))).toBe(false);
        const more = segmentOf([{ ...first, meter: 'another' }]);
        expect(haveSameSums(segments, [...others(first), more])).toBe(false);
        expect(haveSameSums([...segments, more], others(first))).toBe(false);
      }),
    );
  });

  it('I6: the sums by value are those of all rows, before or after merging', () => {
    fc.assert(
      fc.property(anyParts, (parts) => {
        const segments = parts.map(segmentOf);
        const expected = addedUp(parts.flat(), valueKeys);
        const ofMerged = rowsOf(sumsByValue(mergeSegments(segments)));
        expect(addedUp(ofMerged, valueKeys)).toEqual(expected);
        expect(ofMerged.length).toBe(Object.keys(expected).length);
        expect(addedUp(rowsOf(mergeSegments(segments.map((segment) => sumsByValue(segment)))), valueKeys)).toEqual(
          expected,
        );
      }),
    );
  });
});

/** A row as two that add up to it. */
function halvesOf(row: NamedRow, by: bigint): NamedRow[] {
  const nothing = { events: 0, firstEvents: 0 };
  return [
    { ...row, quantityNanos: row.quantityNanos - by, creditsNanos: row.creditsNanos + by },
    { ...row, ...nothing, quantityNanos: by, creditsNanos: -by },
  ];
}
