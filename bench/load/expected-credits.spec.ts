import { describe, expect, it } from '@jest/globals';
import { ExpectedCredits } from './expected-credits.js';
import { usageLoad, type Usage } from './usage-load.js';

const NOTHING: Usage = { organisation: 'a', model: 'x', inputTokens: 0, outputTokens: 0, images: 0, imageTokens: 0 };

describe('expected credits', () => {
  // Each row is one event: 0.0005 of it is the request itself.
  it.each([
    ['a request', {}, 500_000n],
    ['input, 1 per 3,000: not terminating', { inputTokens: 1 }, 500_000n + 333_333n],
    ['output, 2 per 1,700', { outputTokens: 850 }, 500_000n + 1_000_000_000n],
    ['a started package of images', { images: 41 }, 500_000n + 2_000_000_000n],
    ['image tokens at the edge of the first tier', { imageTokens: 200_000 }, 500_000n + 60_000_000_000n],
    ['image tokens beyond it, all at the lower price', { imageTokens: 200_001 }, 500_000n + 40_000_200_000n],
    ['the first tier', { model: 'deepseek-r1', inputTokens: 100_000 }, 500_000n + 50_000_000_000n],
    ['all three tiers', { model: 'deepseek-r1', inputTokens: 1_001_000 }, 500_000n + 410_250_000_000n],
  ])('%s', (_name, change, nanos) => {
    const expected = new ExpectedCredits();
    expected.add([{ ...NOTHING, ...change }]);
    expect(expected.usedNanos.get('a')).toBe(nanos);
  });

  it('rounds once, at the cumulative level', () => {
    const expected = new ExpectedCredits();
    expected.add(Array.from({ length: 3 }, () => ({ ...NOTHING, inputTokens: 1 })));
    expect(expected.usedNanos.get('a')).toBe(1_500_000n + 1_000_000n);
  });
});

describe('the load', () => {
  const load = usageLoad({
    name: 'spec',
    events: 5_000,
    organisationPrefix: 'org-',
    organisations: 100,
    fromMs: 0,
    toMs: 1_000,
  });

  it('delivers about 1 % twice, with the same text', () => {
    const texts = new Set(load.deliveries.map(({ text }) => text));
    expect(texts.size).toBe(5_000);
    const again = load.deliveries.length - texts.size;
    expect(again).toBeGreaterThan(25);
    expect(again).toBeLessThan(100);
  });

  it('has events of about 300 bytes', () => {
    const bytes = load.bytes / load.deliveries.length;
    expect(bytes).toBeGreaterThan(270);
    expect(bytes).toBeLessThan(330);
  });
});
