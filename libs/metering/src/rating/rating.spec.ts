import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatCredits, parseQuantity } from '../amounts/index.js';
import { compileCatalog, validateCatalog, type Package } from '../catalog/index.js';
import { costNanos, packageCredits, packagePrice, Price } from './index.js';

const NANOS = 10n ** 9n;
type Document = ConstructorParameters<typeof Price>[0];
const cost = (document: Document, quantity: string): string =>
  formatCredits(costNanos(new Price(document), parseQuantity(quantity) ?? -1n, NANOS));

const third: Document = { model: 'unit', credits: '1', per: '3' };
const pack: Document = { model: 'package', credits: '2', per: '2.5' };
const tiers = [
  { upTo: '100', credits: '0.5', per: '1', flat: '3' },
  { upTo: '200.5', credits: '0.4', per: '1' },
  { credits: '1', per: '7', flat: '10' },
];
const graduated: Document = { model: 'graduated', tiers };
const volume: Document = { model: 'volume', tiers };

describe('costNanos', () => {
  it.each<[Document, string, string]>([
    [third, '0', '0'],
    [third, '1', '0.333333333'],
    [third, '2', '0.666666667'],
    [third, '3', '1'],
    [{ model: 'unit', credits: '0.000000001', per: '2' }, '1', '0'],
    [{ model: 'unit', credits: '0.000000001', per: '2' }, '3', '0.000000002'],
    [{ model: 'unit', credits: '0', per: '1' }, '5', '0'],
    [third, '9'.repeat(30), '3'.repeat(30)],
    [pack, '0', '0'],
    [pack, '0.000000001', '2'],
    [pack, '2.5', '2'],
    [pack, '2.500000001', '4'],
    [graduated, '0', '0'],
    [graduated, '0.000000001', '3'],
    [graduated, '100', '53'],
    [graduated, '101', '53.4'],
    [graduated, '200.5', '93.2'],
    [graduated, '207.5', '104.2'],
    [volume, '0', '0'],
    [volume, '100', '53'],
    [volume, '101', '40.4'],
    [volume, '200.5', '80.2'],
    [volume, '210', '40'],
  ])('%j of %s', (document, quantity, credits) => {
    expect(cost(document, quantity)).toBe(credits);
  });

  it('throws on a negative quantity, which cannot occur', () => {
    expect(() => costNanos(new Price(third), -1n, NANOS)).toThrow(RangeError);
  });

  it('means the same in the units of any denominator', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(third, pack, graduated, volume),
        fc.bigInt({ min: 0n, max: 10n ** 15n }),
        fc.bigInt({ min: 1n, max: 10n ** 12n }),
        (document, nanos, scale) => {
          const price = new Price(document);
          expect(costNanos(price, nanos * scale, NANOS * scale)).toBe(costNanos(price, nanos, NANOS));
        },
      ),
    );
  });

  it('C(Q + q) − C(Q) adds up to C of the whole, in any parts', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(third, pack, graduated, volume),
        fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n })),
        (document, parts) => {
          const price = new Price(document);
          let quantity = 0n;
          let charged = 0n;
          for (const part of parts) {
            charged += costNanos(price, quantity + part, NANOS) - costNanos(price, quantity, NANOS);
            quantity += part;
          }
          expect(charged).toBe(costNanos(price, quantity, NANOS));
        },
      ),
    );
  });

  it('never falls as the quantity grows, volume prices excepted', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(third, pack, graduated),
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        (document, quantity, more) => {
          const price = new Price(document);
          expect(costNanos(price, quantity + more, NANOS) >= costNanos(price, quantity, NANOS)).toBe(true);
        },
      ),
    );
  });
});

const meters = ['traces', 'spans', 'metrics', 'storage', 'api-calls'];
const prices = [
  ['1', '1000'],
  ['0.1', '1000'],
  ['0.05', '1000'],
  ['5', '1'],
  ['0.5', '1000'],
];
const validated = validateCatalog({
  dimensions: [],
  pools: [{ key: 'credits' }],
  meters: meters.map((key) => ({ key, eventType: key, aggregation: 'sum', value: 'n' })),
  rateCards: [
    {
      key: 'standard',
      versions: [
        {
          effectiveFrom: '2023-01-01T00:00:00Z',
          rates: meters.map((meter, at) => ({
            meter,
            pool: 'credits',
            price: { model: 'unit', credits: prices[at]?.[0], per: prices[at]?.[1] },
          })),
        },
      ],
    },
  ],
  plans: [{ key: 'pro', rateCard: 'standard', paid: true }],
  packages: [
    { key: 'fixed', pool: 'credits', credits: '1000', bonus: '5', price: { amount: '10.01', currency: 'EUR' } },
    {
      key: 'volume',
      pool: 'credits',
      minQuantity: '1',
      maxQuantity: '200000',
      price: {
        model: 'volume',
        currency: 'USD',
        tiers: [
          { upTo: '9999', amount: '5.00', per: '1000' },
          { upTo: '49999', amount: '4.50', per: '1000' },
          { upTo: '99999', amount: '4.00', per: '1000' },
          { amount: '3.50', per: '1000' },
        ],
      },
    },
  ],
});

describe('the published price list', () => {
  it.each([
    ['small team', ['50000', '200000', '100000', '2', '10000'], '90'],
    ['growing startup', ['500000', '2000000', '1000000', '20', '100000'], '900'],
    ['enterprise', ['10000000', '50000000', '20000000', '500', '5000000'], '21000'],
  ])('%s', (_name, quantities, credits) => {
    if (!('catalog' in validated)) throw new Error(JSON.stringify(validated.errors));
    const catalog = compileCatalog(validated.catalog, 1);
    const total = meters.reduce((sum, key, at) => {
      const meter = catalog.meter(key);
      const rate = meter && catalog.rateOf('pro', 1_795_168_800_000, meter, new Map());
      return rate
        ? sum + costNanos(rate.price, parseQuantity(quantities[at] ?? '') ?? -1n, rate.meter.denominator)
        : -1n;
    }, 0n);
    expect(formatCredits(total)).toBe(credits);
  });
});

const bought = (key: string): Package => {
  const found = 'catalog' in validated ? compileCatalog(validated.catalog, 1).package(key) : undefined;
  if (found === undefined) throw new Error('no such package');
  return found;
};

describe('package prices', () => {
  it.each([
    ['fixed', undefined, 1001n],
    ['fixed', '3', 3003n],
    ['fixed', '1.5', 'QuantityOutOfRange'],
    ['volume', undefined, 'QuantityRequired'],
    ['volume', '0', 'QuantityOutOfRange'],
    ['volume', '200001', 'QuantityOutOfRange'],
    ['volume', '1', 0n],
    ['volume', '3', 2n],
    ['volume', '9999', 5000n],
    ['volume', '10000', 4500n],
    ['volume', '100000', 35_000n],
  ])('%s × %s', (key, text, expected) => {
    const result = packagePrice(bought(key), text === undefined ? undefined : parseQuantity(text));
    expect('price' in result ? result.price.amountMinor : result.error).toBe(expected);
  });

  it('brings its credits and its bonus', () => {
    expect(packageCredits(bought('fixed'), 2n * NANOS)).toEqual({
      creditsNanos: 2000n * NANOS,
      bonusNanos: 10n * NANOS,
    });
    expect(packageCredits(bought('volume'), 5n * NANOS)).toEqual({ creditsNanos: 5n * NANOS, bonusNanos: 0n });
  });
});
