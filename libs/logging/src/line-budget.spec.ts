import { beforeEach, describe, expect, it } from '@jest/globals';
import { LineBudget } from './line-budget.js';

describe('LineBudget (I10: log volume stays below its stated limit)', () => {
  let nowMs: number;
  let budget: LineBudget;
  beforeEach(() => {
    nowMs = 1_000;
    budget = new LineBudget(() => nowMs);
  });

  const taken = (message: string, lines: number): number =>
    Array.from({ length: lines }, () => budget.take(message)).filter(Boolean).length;

  it('lets a hundred lines of one message through, and says how many it left out', () => {
    expect(taken('down', 250)).toBe(100);
    expect(budget.turn()).toEqual(new Map());
    nowMs += 10_000;
    expect(budget.turn()).toEqual(new Map([['down', 150]]));
    expect(taken('down', 250)).toBe(100);
  });

  it('counts each message apart: a flood of one hides no other', () => {
    taken('flood', 1_000);
    expect(budget.take('The partition cannot go on')).toBe(true);
  });

  it('stays bounded when no two messages are alike', () => {
    const passed = Array.from({ length: 10_000 }, (_, index) => budget.take(`no. ${index}`)).filter(Boolean).length;
    expect(passed).toBe(300);
    nowMs += 10_000;
    expect([...budget.turn().values()]).toEqual([9_700]);
  });

  it('has nothing to say of a quiet window', () => {
    taken('once', 1);
    nowMs += 60_000;
    expect(budget.turn()).toEqual(new Map());
  });
});
