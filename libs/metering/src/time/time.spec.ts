import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addPeriod,
  cycleContaining,
  dayOf,
  formatTime,
  hourOf,
  nextAnchor,
  parseDuration,
  parsePeriod,
  parseTime,
} from './index.js';

const at = (text: string): number => parseTime(text) ?? Number.NaN;

describe('parseTime', () => {
  it.each([
    ['2026-11-20T10:00:00Z', '2026-11-20T10:00:00Z'],
    ['2026-11-20T10:00:00.123987Z', '2026-11-20T10:00:00.123Z'],
    ['2026-11-20T10:00:00.1Z', '2026-11-20T10:00:00.100Z'],
    ['2026-11-20T10:00:00+14:00', '2026-11-19T20:00:00Z'],
    ['2026-11-20T10:00:00-23:59', '2026-11-21T09:59:00Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['2026-11-20t10:00:00z', '2026-11-20T10:00:00Z'],
    ['2026-11-20T10:00:00', undefined],
    ['2026-11-20', undefined],
    ['2026-11-20 10:00:00Z', undefined],
    ['2026-11-20T24:00:00Z', undefined],
    ['2026-02-30T00:00:00Z', undefined],
    ['2025-02-29T00:00:00Z', undefined],
    ['1900-02-29T00:00:00Z', undefined],
    ['2026-13-01T00:00:00Z', undefined],
    ['2026-00-10T00:00:00Z', undefined],
    ['2016-12-31T23:59:60Z', undefined],
    ['10000-01-01T00:00:00Z', undefined],
    ['0000-01-01T00:00:00+01:00', undefined],
    ['9999-12-31T23:59:59-01:00', undefined],
    ['2026-11-20T10:00:00+24:00', undefined],
    ['2026-11-20T10:00:00.Z', undefined],
    ['1700000000000', undefined],
    ['', undefined],
  ])('%s', (text, formatted) => {
    const ms = parseTime(text);
    expect(ms === undefined ? undefined : formatTime(ms)).toBe(formatted);
  });

  it('agrees with the platform about every millisecond of the four-digit years', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (ms) => {
        expect(parseTime(new Date(ms).toISOString())).toBe(ms);
        expect(Date.parse(formatTime(ms))).toBe(ms);
      }),
    );
  });

  it('takes no other character for a digit or a sign', () => {
    const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;
    const text = fc.constantFrom('2026-11-30T21:45:59Z', '2024-02-29T09:08:07.654Z');
    fc.assert(
      fc.property(text, fc.nat({ max: 23 }), fc.integer({ min: 0x20, max: 0x7e }), (good, place, code) => {
        const cut = place % good.length;
        const changed = good.slice(0, cut) + String.fromCharCode(code) + good.slice(cut + 1);
        const ms = Date.parse(changed);
        // The platform takes 30 February for 2 March.
        const isReal =
          form.test(changed) && Number.isFinite(ms) && new Date(ms).toISOString().startsWith(changed.slice(0, 19));
        const others = /^.{19}(\.\d+)?(z|[+-]\d\d:\d\d)$|t/.test(changed);
        fc.pre(!others);
        expect(parseTime(changed)).toBe(isReal ? ms : undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  it('hours and days are floored before the epoch too', () => {
    expect([hourOf(-1), dayOf(-1), hourOf(3_600_000), dayOf(86_399_999)]).toEqual([-1, -1, 1, 0]);
  });
});

describe('cycles', () => {
  it.each([
    ['2026-11-20T10:00:00Z', 1, '2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z'],
    ['2026-11-01T00:00:00Z', 1, '2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z'],
    ['2026-10-31T23:59:59.999Z', 1, '2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z'],
    ['2026-02-15T00:00:00Z', 31, '2026-01-31T00:00:00Z', '2026-02-28T00:00:00Z'],
    ['2026-02-28T00:00:00Z', 31, '2026-02-28T00:00:00Z', '2026-03-31T00:00:00Z'],
    ['2024-02-29T00:00:00Z', 30, '2024-02-29T00:00:00Z', '2024-03-30T00:00:00Z'],
    ['2026-12-31T00:00:00Z', 15, '2026-12-15T00:00:00Z', '2027-01-15T00:00:00Z'],
    ['2027-01-03T00:00:00Z', 15, '2026-12-15T00:00:00Z', '2027-01-15T00:00:00Z'],
  ])('%s, day %i', (time, day, start, end) => {
    const cycle = cycleContaining(at(time), day);
    expect([formatTime(cycle.startMs), formatTime(cycle.endMs)]).toEqual([start, end]);
    expect(nextAnchor(at(time), day)).toBe(cycle.endMs);
  });

  it('cycles meet without gap or overlap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 31 }), (ms, day) => {
        const { startMs, endMs } = cycleContaining(ms, day);
        expect(startMs <= ms && ms < endMs).toBe(true);
        expect(cycleContaining(endMs, day).startMs).toBe(endMs);
        expect(cycleContaining(startMs - 1, day).endMs).toBe(startMs);
      }),
    );
  });
});

describe('periods', () => {
  it.each([
    ['2026-01-31T10:00:00Z', 'P1M', undefined, '2026-02-28T10:00:00Z'],
    ['2026-02-28T10:00:00Z', 'P1M', 31, '2026-03-31T10:00:00Z'],
    ['2024-02-29T00:00:00Z', 'P1Y', undefined, '2025-02-28T00:00:00Z'],
    ['2026-11-20T00:00:00Z', 'P12M', undefined, '2027-11-20T00:00:00Z'],
    ['2026-12-31T00:00:00Z', 'P1D', undefined, '2027-01-01T00:00:00Z'],
    ['2026-12-25T00:00:00Z', 'P2W', undefined, '2027-01-08T00:00:00Z'],
  ])('%s + %s', (from, text, day, to) => {
    const period = parsePeriod(text);
    expect(period === undefined ? undefined : formatTime(addPeriod(at(from), period, day))).toBe(to);
  });

  it.each(['', 'P', 'P0D', 'PT1H', 'P1', '1D', 'P-1D', 'P1.5D', 'P1D '])('%j is no period', (text) => {
    expect(parsePeriod(text)).toBeUndefined();
  });

  it.each([
    ['PT1H', 3_600_000],
    ['PT0S', 0],
    ['P1DT12H', 129_600_000],
    ['PT90M', 5_400_000],
    ['P', undefined],
    ['PT', undefined],
    ['P1M', undefined],
    ['1h', undefined],
  ])('%s is %s ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});
