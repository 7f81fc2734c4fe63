import { describe, expect, it } from '@jest/globals';
import { resultOf } from './notification-dispatcher.js';

const NOW_MS = Date.UTC(2026, 10, 20);
const HOUR_MS = 3_600_000;
const FAILED = { kind: 'failed', reason: 'answered 500' } as const;

describe('a delivery that failed', () => {
  it.each([
    [0, 1_000],
    [1, 2_000],
    [5, 32_000],
    [11, 2_048_000],
    [12, HOUR_MS],
    [1_000, HOUR_MS],
  ])('after %i others is tried again %i ms later', (attempts, pauseMs) => {
    expect(resultOf({ attempts, madeAtMs: NOW_MS }, FAILED, NOW_MS)).toEqual({
      state: 'waiting',
      reason: 'answered 500',
      nextAtMs: NOW_MS + pauseMs,
      deliveredAtMs: null,
    });
  });

  it('is given up when it is of no use any more, or never gets better', () => {
    const old = { attempts: 80, madeAtMs: NOW_MS - 72 * HOUR_MS };
    expect(resultOf(old, FAILED, NOW_MS)).toMatchObject({ state: 'failed' });
    const refused = { kind: 'refused', reason: 'address not allowed' } as const;
    expect(resultOf({ attempts: 0, madeAtMs: NOW_MS }, refused, NOW_MS)).toMatchObject({ state: 'failed' });
  });

  it('ends when it is delivered', () => {
    expect(resultOf({ attempts: 3, madeAtMs: NOW_MS }, { kind: 'delivered' }, NOW_MS + 5)).toMatchObject({
      state: 'delivered',
      reason: null,
      deliveredAtMs: NOW_MS + 5,
    });
  });
});
