import { describe, expect, it } from '@jest/globals';
import { RateLimiter } from './rate-limiter.js';

const LIMIT = { perSecond: 10, burst: 20 };

describe('RateLimiter', () => {
  it.each([
    [
      'a burst, then no more',
      [
        [0, 20, 0],
        [0, 1, 1],
      ],
    ],
    [
      'what comes back with time',
      [
        [0, 20, 0],
        [500, 5, 0],
        [500, 1, 1],
      ],
    ],
    [
      'never more than a burst',
      [
        [0, 1, 0],
        [60_000, 20, 0],
        [60_000, 1, 1],
      ],
    ],
    [
      'how long to wait',
      [
        [0, 20, 0],
        [0, 15, 2],
      ],
    ],
    [
      'a request dearer than a full bucket, from a full bucket',
      [
        [0, 50, 0],
        [0, 1, 4],
        [4_000, 1, 0],
      ],
    ],
    [
      'nothing is taken by a refusal',
      [
        [0, 15, 0],
        [0, 10, 1],
        [0, 5, 0],
      ],
    ],
    [
      'a clock that goes back',
      [
        [1_000, 20, 0],
        [0, 1, 1],
      ],
    ],
  ] as const)('allows %s', (_name, steps) => {
    let nowMs = 0;
    const limiter = new RateLimiter({ ingest: LIMIT, query: LIMIT, command: LIMIT }, () => nowMs);
    for (const [atMs, cost, answer] of steps) {
      nowMs = atMs;
      expect([atMs, cost, limiter.take('key', 'ingest', cost)]).toEqual([atMs, cost, answer]);
    }
  });

  it('keeps callers and kinds apart', () => {
    const limiter = new RateLimiter({ ingest: LIMIT, query: LIMIT, command: LIMIT }, () => 0);
    expect(limiter.take('a', 'ingest', 20)).toBe(0);
    expect(limiter.take('a', 'ingest', 1)).toBe(1);
    expect(limiter.take('b', 'ingest', 20)).toBe(0);
    expect(limiter.take('a', 'query', 20)).toBe(0);
  });
});
