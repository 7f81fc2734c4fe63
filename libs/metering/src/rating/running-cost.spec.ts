import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PriceDocument } from '../catalog/catalog-schema.js';
import { costNanos, Price, runningCost } from './index.js';

const NANOS = 1_000_000_000n;

const amount = fc.oneof(
  fc.constantFrom('0', '1', '0.5', '2', '0.000000001', '1000000', '0.333333333', '999999999999'),
  fc.integer({ min: 0, max: 10_000 }).map((n) => String(n / 100)),
);
const per = fc.oneof(
  fc.constantFrom('1', '3', '7', '1000', '1700', '0.3'),
  fc.integer({ min: 1, max: 9_999 }).map(String),
);
const flat = fc.option(amount, { nil: undefined });
const tiers = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 5_000 }), { maxLength: 3 }),
    fc.array(fc.tuple(amount, per, flat), { minLength: 4, maxLength: 4 }),
  )
  .map(([bounds, rows]) =>
    [...bounds.toSorted((a, b) => a - b).map(String), undefined].map((upTo, at) => {
      const [credits = '1', each = '1', fee] = rows[at] ?? [];
      return {
        ...(upTo === undefined ? {} : { upTo }),
        credits,
        per: each,
        ...(fee === undefined ? {} : { flat: fee }),
      };
    }),
  );
const price: fc.Arbitrary<PriceDocument> = fc.oneof(
  fc.record({ model: fc.constant('unit' as const), credits: amount, per }),
  fc.record({ model: fc.constant('package' as const), credits: amount, per }),
  fc.record({ model: fc.constant('graduated' as const), tiers }),
  fc.record({ model: fc.constant('volume' as const), tiers }),
);

const whole = fc.integer({ min: 0, max: 4_000 }).map((n) => n * 1_000_000_000);
const step = fc.oneof(
  whole,
  fc.integer({ min: 0, max: 5_000_000_000 }),
  fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER),
);
const start = fc.oneof(
  fc.constant(0n),
  fc.bigInt({ min: 0n, max: 6_000n }).map((n) => n * NANOS),
  fc.bigInt({ min: 0n, max: 10n ** 30n }),
);

describe('runningCost', () => {
  it('says of every step it takes what costNanos says, to the nano-credit', () => {
    let taken = 0;
    fc.assert(
      fc.property(price, start, fc.array(step, { minLength: 1, maxLength: 20 }), (document, from, steps) => {
        const whatItCosts = new Price(document);
        let units = from;
        let running = runningCost(whatItCosts, units, NANOS);
        for (const more of steps) {
          const before = costNanos(whatItCosts, units, NANOS);
          const after = costNanos(whatItCosts, units + BigInt(more), NANOS);
          const nanos = running?.ask(more) ?? -1;
          units += BigInt(more);
          expect(nanos < 0 ? after - before : BigInt(nanos)).toBe(after - before);
          if (nanos < 0) running = runningCost(whatItCosts, units, NANOS);
          else {
            running?.take();
            taken += 1;
          }
        }
      }),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(2_000);
  });

  it('changes nothing by asking', () => {
    const running = runningCost(new Price({ model: 'unit', credits: '1', per: '3' }), 0n, NANOS);
    for (const units of [5e9, 1e9, 2e9]) running?.ask(units);
    expect(running?.ask(1e9)).toBe(333_333_333);
  });

  it.each<[string, PriceDocument, number]>([
    [
      'a tier is left',
      {
        model: 'graduated',
        tiers: [
          { upTo: '10', credits: '1', per: '1' },
          { credits: '2', per: '1' },
        ],
      },
      11e9,
    ],
    ['a flat fee waits at nothing', { model: 'volume', tiers: [{ credits: '1', per: '1', flat: '5' }] }, 1e9],
    ['numbers are no more exact', { model: 'unit', credits: '999999999999', per: '1' }, 4_000e9],
    ['packs are too many', { model: 'package', credits: '999999', per: '0.000000001' }, 4_000e9],
  ])('leaves it to costNanos where %s', (_name, document, more) => {
    const running = runningCost(new Price(document), 0n, NANOS);
    expect(running?.ask(more) ?? -1).toBe(-1);
  });
});
