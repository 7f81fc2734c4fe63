import { describe, expect, it } from '@jest/globals';
import { formatWeek, parseWeek } from './iso-week.js';

describe('ISO weeks', () => {
  it.each([
    ['2026-W47', '2026-11-16'],
    ['2026-W01', '2025-12-29'],
    ['2026-W53', '2026-12-28'],
    ['2027-W01', '2027-01-04'],
    ['2024-W09', '2024-02-26'],
  ])('%s begins on %s', (text, day) => {
    const ms = Date.parse(`${day}T00:00:00Z`);
    expect(parseWeek(text)).toBe(ms);
    expect(formatWeek(ms)).toBe(text);
    expect(formatWeek(ms + 7 * 86_400_000 - 1)).toBe(text);
  });

  it.each(['2025-W53', '2026-W00', '2026-W54', '2026-47', 'W47', ''])('%j is none', (text) => {
    expect(parseWeek(text)).toBeUndefined();
  });
});
