import { describe, expect, it } from '@jest/globals';
import { changeOf, weeksOf, withChanges } from './series.js';

const nanos = (text: string): bigint => BigInt(Math.round(Number(text) * 10)) * 100_000_000n;

const day = (date: string, credits: string, model: string | null = null) => ({
  start: `${date}T00:00:00Z`,
  end: `${date}T23:59:59Z`,
  group: { model },
  events: 1,
  quantity: '0.5',
  credits,
});

describe('series', () => {
  it.each([
    ['1290.5', '1000', '0.2905'],
    ['5', '10', '-0.5'],
    ['10', '10', '0'],
    ['0', '10', '-1'],
    ['30', '10', '2'],
    ['1', '0', null],
    ['1', '3', '-0.6666'],
  ])('%s after %s changed by %s', (now, before, expected) => {
    expect(changeOf(nanos(now), nanos(before))).toBe(expected);
  });

  it('add days up to weeks, group by group, cut to the range', () => {
    const range = { fromMs: Date.UTC(2026, 10, 11), toMs: Date.UTC(2026, 10, 18) };
    const days = [
      day('2026-11-17', '1'),
      day('2026-11-16', '2'),
      day('2026-11-16', '5', 'large'),
      day('2026-11-15', '4'),
    ];
    expect(weeksOf(days, range)).toMatchObject([
      { start: '2026-11-16T00:00:00Z', end: '2026-11-18T00:00:00Z', events: 2, quantity: '1', credits: '3' },
      { group: { model: 'large' }, credits: '5' },
      { start: '2026-11-11T00:00:00Z', end: '2026-11-16T00:00:00Z', credits: '4' },
    ]);
  });

  it('compare each window with the one before of the same group', () => {
    const items = [day('2026-11-17', '6'), day('2026-11-17', '1', 'large'), day('2026-11-16', '4')];
    expect(withChanges(items).map(({ change }) => change)).toEqual(['0.5', null, null]);
  });
});
