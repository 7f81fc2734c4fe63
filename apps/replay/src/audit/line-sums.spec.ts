import { usageColumnsOf, type EvidenceLine, type UsageCharged } from '@app/metering';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LineCursor } from './line-cursor.js';
import { sumLines } from './line-sums.js';

const HOUR_MS = 3_600_000;
const anyAmount = fc.oneof(fc.bigInt({ min: -9n, max: 9n }), fc.bigInt({ min: 2n ** 51n, max: 2n ** 80n }));
const anyMeterLine = fc.record({ use: fc.nat(2), quantityNanos: anyAmount, creditsNanos: anyAmount });
const anyLines = fc.array(
  fc.record({ hour: fc.nat(2), dimensions: fc.nat(2), lines: fc.array(anyMeterLine, { minLength: 1, maxLength: 3 }) }),
  { maxLength: 12 },
);
type Lines = typeof anyLines extends fc.Arbitrary<infer T> ? T : never;

const eventOf = (lines: Lines): UsageCharged => ({
  type: 'UsageCharged',
  atMs: 0,
  feed: null,
  catalogVersion: 1,
  uses: [],
  dimensions: [],
  groups: [],
  draws: [],
  samples: [],
  refundGrants: [],
  payments: [],
  days: [],
  evidence: lines.map(({ hour, dimensions, lines: own }, index): EvidenceLine => ({
    source: `/source/${index % 2}`,
    id: `id-${index}`,
    contentHash: { contentHigh: 0, contentLow: index },
    timeMs: hour * HOUR_MS + index,
    usageTimeMs: hour * HOUR_MS + index,
    offset: BigInt(index),
    recordTimestampMs: 0,
    dimensions,
    lines: own.map((line, at) => ({ ...line, ...(at === 1 && { cutNanos: 1n }) })),
  })),
});

/** Naively, by use, hour and dimensions. */
function expectedSums(lines: Lines): Map<string, object> {
  const sums = new Map<string, { events: number; firstEvents: number; quantityNanos: bigint; creditsNanos: bigint }>();
  for (const { hour, dimensions, lines: own } of lines)
    for (const [place, { use, quantityNanos, creditsNanos }] of own.entries()) {
      const key = [use, hour, dimensions].join(' ');
      const sum = sums.get(key) ?? { events: 0, firstEvents: 0, quantityNanos: 0n, creditsNanos: 0n };
      sums.set(key, {
        events: sum.events + 1,
        firstEvents: sum.firstEvents + (place === 0 ? 1 : 0),
        quantityNanos: sum.quantityNanos + quantityNanos,
        creditsNanos: sum.creditsNanos + creditsNanos,
      });
    }
  return sums;
}

describe('the lines of an event', () => {
  it('add up by use, hour and dimensions, each sum taken once', () => {
    fc.assert(
      fc.property(anyLines, (lines) => {
        const byUse = sumLines(usageColumnsOf(eventOf(lines)).evidence);
        const expected = expectedSums(lines);
        for (const [key, sum] of expected) {
          const [use = 0, hour = 0, dimensions = 0] = key.split(' ').map(Number);
          const sums = byUse.get(use);
          expect(sums?.figuresAt(sums.take(hour, dimensions))).toEqual(sum);
          expect(sums?.take(hour, dimensions)).toBeUndefined();
        }
        expect([...byUse.values()].reduce((count, sums) => count + sums.count, 0)).toBe(expected.size);
      }),
    );
  });

  it('pass a cursor one by one, with all that they have', () => {
    fc.assert(
      fc.property(anyLines, (lines) => {
        const event = eventOf(lines);
        const cursor = new LineCursor(usageColumnsOf(event).evidence);
        for (const { lines: own, ...of } of event.evidence)
          for (const { use, quantityNanos, creditsNanos, cutNanos } of own) {
            expect(cursor.next()).toBe(true);
            const { source, id, timeMs, usageTimeMs, dimensions } = cursor;
            expect(of).toMatchObject({ source, id, timeMs, usageTimeMs, dimensions });
            expect([cursor.use, cursor.quantityNanos, cursor.creditsNanos]).toEqual([use, quantityNanos, creditsNanos]);
            expect([cursor.cutNanos, cursor.isPlain]).toEqual([cutNanos, cutNanos === undefined]);
            expect([cursor.deltaUnits, cursor.hasExactQuantity]).toEqual([quantityNanos, false]);
          }
        expect(cursor.next()).toBe(false);
      }),
    );
  });
});
