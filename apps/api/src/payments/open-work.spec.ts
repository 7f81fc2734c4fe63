import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '../limits.js';
import { OpenWork } from './open-work.js';

const at = (commit: bigint) => ({ commit, prepare: commit });

describe('open work', () => {
  it('is due at once, and done once', () => {
    const work = new OpenWork();
    work.add('acme', at(1n));
    expect(work.due(0, 10)).toEqual(['acme']);
    work.done('acme');
    expect([work.due(0, 10), work.oldest]).toEqual([[], undefined]);
  });

  it('holds the position back at what is oldest, also when that is seen again', () => {
    const work = new OpenWork();
    work.add('acme', at(1n));
    work.add('globex', at(2n));
    work.add('acme', at(3n));
    expect(work.oldest).toEqual(at(1n));
    work.done('acme');
    expect(work.oldest).toEqual(at(2n));
    work.add('acme', at(4n));
    work.done('globex');
    expect(work.oldest).toEqual(at(4n));
  });

  it('waits longer each time, up to a limit, and not at all when something happens', () => {
    const work = new OpenWork();
    work.add('acme', at(1n));
    const waits = Array.from({ length: 30 }, () => {
      work.postpone('acme', 1_000);
      let waited = 0;
      while (work.due(1_000 + waited, 1).length === 0) waited += LIMITS.paymentRetryBaseMs;
      return waited;
    });
    expect(waits[0]).toBe(LIMITS.paymentRetryBaseMs * 2);
    expect(waits[1]).toBe(LIMITS.paymentRetryBaseMs * 4);
    expect(waits.at(-1)).toBe(LIMITS.paymentRetryMaxMs);
    work.add('acme', at(2n));
    expect(work.due(1_000, 1)).toEqual(['acme']);
  });

  it('is handed out in bounded portions', () => {
    const work = new OpenWork();
    for (let each = 0; each < 20; each++) work.add(`o-${each}`, at(BigInt(each)));
    expect(work.due(0, 8)).toHaveLength(8);
  });
});
