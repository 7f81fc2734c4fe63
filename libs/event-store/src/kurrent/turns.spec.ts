import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

describe('Turns', () => {
  it('runs at most as many at once, in order, also past failures', async () => {
    const turns = new Turns(3);
    const [started, peak]: [number[], number[]] = [[], []];
    let running = 0;
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, nth) =>
        turns.take(async () => {
          started.push(nth);
          running += 1;
          peak.push(running);
          await Promise.resolve();
          running -= 1;
          if (nth % 4 === 0) throw new Error('failed');
          return nth;
        }),
      ),
    );
    expect(started).toEqual(Array.from({ length: 20 }, (_, nth) => nth));
    expect(Math.max(...peak)).toBe(3);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(5);
    expect(running).toBe(0);
  });
});
