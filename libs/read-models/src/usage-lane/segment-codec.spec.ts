import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mergeSegments } from './merge-segments.js';
import { decodeSegment, encodeSegment } from './segment-codec.js';
import { SegmentBuilder, type SegmentColumns } from './segment.js';

const row = fc.record({
  meter: fc.constantFrom('input', 'output'),
  outcome: fc.constantFrom('charged' as const, 'late' as const, 'adjusted' as const),
  pairs: fc.dictionary(fc.constantFrom('user', 'model'), fc.string({ unit: 'binary', maxLength: 3 })),
  hour: fc.integer({ min: 0, max: 23 }),
  events: fc.nat(),
  firstEvents: fc.nat(),
  quantityNanos: fc.bigInt({ min: -(10n ** 45n), max: 10n ** 45n }),
  creditsNanos: fc.oneof(fc.bigInt({ min: -5n, max: 5n }), fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n })),
});
type Row = Parameters<typeof built>[0][number];

function built(rows: readonly (typeof row extends fc.Arbitrary<infer T> ? T : never)[]): SegmentColumns {
  const builder = new SegmentBuilder();
  for (const { meter, outcome, pairs, ...figures } of rows)
    builder.add({
      ...figures,
      use: builder.useOf({ meter, pool: 'credits', outcome }),
      dimension: builder.dimensionsOf(Object.entries(pairs).map(([name, value]) => builder.pairOf(name, value))),
    });
  return builder;
}

const columnsOf = ({
  uses,
  names,
  pairs,
  dimensions,
  use,
  dimension,
  hour,
  events,
  firstEvents,
  quantity,
  credits,
}: SegmentColumns) => ({
  uses,
  names,
  pairs,
  dimensions,
  use,
  dimension,
  hour,
  events,
  firstEvents,
  quantity,
  credits,
});

const total = (segments: readonly SegmentColumns[]): bigint =>
  segments.flatMap(({ credits }) => credits).reduce((sum, credits) => sum + credits, 0n);

describe('segments', () => {
  it('are read as they were written, deflated or not', () => {
    fc.assert(
      fc.property(fc.array(row), fc.boolean(), (rows: readonly Row[], isDeflated) => {
        const segment = built(rows);
        expect(columnsOf(decodeSegment(encodeSegment(segment, isDeflated)))).toEqual(columnsOf(segment));
      }),
    );
  });

  it('I6: merging keeps what they add up to, in any order of merging', () => {
    fc.assert(
      fc.property(fc.array(fc.array(row, { maxLength: 8 }), { maxLength: 5 }), (parts) => {
        const segments = parts.map(built);
        const atOnce = mergeSegments(segments);
        const inSteps = segments.reduce<SegmentColumns>(
          (sum, segment) => mergeSegments([sum, segment]),
          mergeSegments([]),
        );
        expect(columnsOf(inSteps)).toEqual(columnsOf(atOnce));
        expect(total([atOnce])).toBe(total(segments));
      }),
    );
  });

  it('refuses bytes that are cut off or follow each other', () => {
    const data = encodeSegment(
      built([
        {
          meter: 'input',
          outcome: 'late',
          pairs: { user: 'u' },
          hour: 3,
          events: 1,
          firstEvents: 1,
          quantityNanos: 1n,
          creditsNanos: 2n,
        },
      ]),
      false,
    );
    for (let length = 0; length < data.length; length++)
      expect(() => decodeSegment(data.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'CorruptReadModel' }),
      );
    expect(() => decodeSegment(Buffer.concat([data, Buffer.of(0)]))).toThrow('left over');
  });
});
