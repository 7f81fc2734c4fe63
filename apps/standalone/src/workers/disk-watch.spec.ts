import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '../limits.js';
import { DiskWatch } from './disk-watch.js';

const FULL = Object.assign(new Error('could not extend file'), { code: '53100' });
const SECOND_MS = 1_000;

describe('DiskWatch', () => {
  let nowMs = 0;
  let ended: unknown[] = [];
  const begin = (): DiskWatch => {
    [nowMs, ended] = [0, []];
    return new DiskWatch(
      (error) => ended.push(error),
      () => nowMs,
    );
  };
  const complain = (watch: DiskWatch, forMs: number): void => {
    for (const untilMs = nowMs + forMs; nowMs < untilMs; nowMs += SECOND_MS) watch.note(FULL);
  };

  it('is red at once, and ends what stays full', () => {
    const watch = begin();
    expect(watch.isFull).toBe(false);
    complain(watch, LIMITS.diskFullMs);
    expect([watch.isFull, ended]).toEqual([true, []]);
    watch.note(FULL);
    expect(ended).toEqual([FULL]);
  });

  it('takes a pause without a complaint for healed, and begins anew', () => {
    const watch = begin();
    complain(watch, LIMITS.diskFullMs - SECOND_MS);
    nowMs += LIMITS.diskHealedMs;
    expect(watch.isFull).toBe(false);
    complain(watch, LIMITS.diskFullMs - SECOND_MS);
    expect([watch.isFull, ended]).toEqual([true, []]);
  });

  it('is loud within a minute, the clean end included (F32, I11)', () => {
    expect(LIMITS.diskFullMs + LIMITS.processStopMs).toBeLessThan(60_000);
  });

  it('hears nothing in other errors', () => {
    const watch = begin();
    watch.note(Object.assign(new Error('too many connections'), { code: '53300' }));
    expect(watch.isFull).toBe(false);
  });
});
