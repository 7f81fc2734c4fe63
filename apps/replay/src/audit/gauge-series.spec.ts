import { describe, expect, it } from '@jest/globals';
import type { SeriesPoint } from '@app/metering';
import fc from 'fast-check';
import { GaugeSeries } from './gauge-series.js';

const END_MS = 1_000;
const point = (usageTimeMs: number, valueUnits: bigint, id: string): SeriesPoint => ({
  series: '[]',
  usageTimeMs,
  timeMs: usageTimeMs,
  source: 's',
  id,
  valueUnits,
});

const points = fc
  .array(fc.tuple(fc.integer({ min: 0, max: END_MS - 1 }), fc.bigInt({ min: 0n, max: 1_000n })), { maxLength: 30 })
  .map((pairs) => pairs.map(([atMs, value], index) => point(atMs, value, String(index).padStart(3, '0'))));

/** Each value holds until the next sample by (time, id). */
function integral(all: readonly SeriesPoint[], untilMs: number | undefined): bigint {
  const sorted = all.toSorted((a, b) => a.usageTimeMs - b.usageTimeMs || (a.id < b.id ? -1 : 1));
  return sorted.reduce((sum, { usageTimeMs, valueUnits }, at) => {
    const nextMs = sorted[at + 1]?.usageTimeMs ?? untilMs;
    return nextMs === undefined ? sum : sum + valueUnits * BigInt(nextMs - usageTimeMs);
  }, 0n);
}

describe('GaugeSeries', () => {
  it('adds up to the integral of the set of samples, in whatever order they arrive', () => {
    fc.assert(
      fc.property(points, fc.boolean(), (all, hasEnded) => {
        const untilMs = hasEnded ? END_MS : undefined;
        const series = new GaugeSeries();
        const added = all.reduce((sum, each) => sum + series.addSample(each, untilMs), 0n);
        expect(added).toBe(integral(all, untilMs));
        expect(hasEnded ? added : added + series.outstanding(END_MS)).toBe(integral(all, END_MS));
      }),
    );
  });

  it('adds up to the newest value, and knows the points that are not the newest', () => {
    fc.assert(
      fc.property(points, (all) => {
        const series = new GaugeSeries();
        const added = all.reduce((sum, each) => sum + (series.addNewest(each) ?? 0n), 0n);
        const newest = all.toSorted((a, b) => a.usageTimeMs - b.usageTimeMs || (a.id < b.id ? -1 : 1)).at(-1);
        expect(added).toBe(newest?.valueUnits ?? 0n);
      }),
    );
  });
});
