import { describe, expect, it } from '@jest/globals';
import { checkSuccession, compileCatalog, validateCatalog, type CatalogDocument } from './index.js';

const NOW = 1_795_168_800_000; // 2026-11-20T10:00:00Z
const text = JSON.stringify({
  grace: 'PT2H',
  dimensions: ['model', 'hardware'],
  pools: [{ key: 'credits' }, { key: 'tool-runs' }],
  meters: [
    { key: 'requests', eventType: 'llm', aggregation: 'count' },
    { key: 'tokens', eventType: 'llm', aggregation: 'sum', value: 'tokens' },
    {
      key: 'gpu-hours',
      eventType: 'ran',
      aggregation: 'sum',
      value: { product: ['hours', 'replicas'] },
      factor: { by: 'hardware', values: { a100: '4', t4: '1' } },
    },
    { key: 'storage', eventType: 'stored', aggregation: 'time-weighted', value: 'gb', per: 'month', series: ['model'] },
  ],
  rateCards: [
    {
      key: 'standard',
      versions: [
        {
          effectiveFrom: '2023-01-01T00:00:00Z',
          rates: [
            {
              meter: 'tokens',
              where: { model: 'large' },
              pool: 'credits',
              price: { model: 'unit', credits: '2', per: '1000' },
            },
            {
              meter: 'tokens',
              pool: 'credits',
              price: {
                model: 'graduated',
                tiers: [
                  { upTo: '10', credits: '1', per: '1', flat: '5' },
                  { credits: '0.5', per: '1' },
                ],
              },
            },
            { meter: 'requests', pool: 'tool-runs', price: { model: 'unit', credits: '1', per: '1' } },
          ],
        },
        {
          effectiveFrom: '2026-01-01T00:00:00Z',
          rates: [
            {
              meter: 'tokens',
              where: { model: 'large' },
              pool: 'credits',
              price: { model: 'unit', credits: '3', per: '1000' },
            },
          ],
        },
      ],
    },
  ],
  plans: [
    {
      key: 'pro',
      rateCard: 'standard',
      paid: true,
      default: true,
      price: { amount: '49.00', currency: 'USD', per: 'cycle' },
      included: [{ pool: 'credits', amount: '100000', rollover: { model: 'capped', max: '500', cycles: 3 } }],
      negativeLimit: { credits: '10' },
      startThreshold: { credits: '1' },
      negativeBalance: 'forgive',
    },
  ],
  packages: [
    {
      key: 'fixed',
      pool: 'credits',
      credits: '1000',
      bonus: '5',
      price: { amount: '10.00', currency: 'EUR' },
      expires: 'P12M',
      refundWindow: 'P30D',
    },
    {
      key: 'volume',
      pool: 'credits',
      minQuantity: '1000',
      maxQuantity: '1000000',
      price: {
        model: 'volume',
        currency: 'USD',
        tiers: [
          { upTo: '9999', amount: '5.00', per: '1000' },
          { amount: '4.50', per: '1000' },
        ],
      },
    },
  ],
});

interface Editable {
  [key: string]: Editable;
}
/** The catalog above with a change made to its JSON. */
const changed = (edit: (document: Editable) => void): unknown => {
  const document = JSON.parse(text) as Editable;
  edit(document);
  return document;
};
const at = (document: Editable, ...path: (string | number)[]): Editable =>
  path.reduce((value, step) => value[step] ?? {}, document);
const set = (path: (string | number)[], value: unknown) => (document: Editable) => {
  Object.assign(at(document, ...path.slice(0, -1)), { [path.at(-1) ?? '']: value });
};
const push = (path: (string | number)[], value: unknown) => (document: Editable) => {
  const list: unknown = at(document, ...path);
  if (Array.isArray(list)) list.push(value);
};
const catalogOf = (document: unknown): CatalogDocument => {
  const result = validateCatalog(document);
  if ('errors' in result) throw new Error(JSON.stringify(result.errors));
  return result.catalog;
};
const base = catalogOf(JSON.parse(text));
const RATES = ['rateCards', 0, 'versions', 0, 'rates'];
const rate = { meter: 'gpu-hours', pool: 'credits', price: { model: 'unit', credits: '1', per: '1' } };

describe('validateCatalog', () => {
  it.each([
    ['unknown field', set(['colour'], 1), '/colour', 'UnknownField'],
    ['unknown field inside', set(['pools', 0, 'colour'], 1), '/pools/0/colour', 'UnknownField'],
    ['missing field', set(['meters'], undefined), '/meters', 'Required'],
    ['wrong type', set(['dimensions'], 'x'), '/dimensions', 'InvalidType'],
    [
      '__proto__ key',
      set([...RATES, 0, 'where'], JSON.parse('{"__proto__":"x"}')),
      '/rateCards/0/versions/0/rates/0/where/__proto__',
      'InvalidName',
    ],
    ['duplicate pool', push(['pools'], { key: 'credits' }), '/pools/2/key', 'Duplicate'],
    [
      'duplicate meter',
      push(['meters'], { key: 'tokens', eventType: 'x', aggregation: 'count' }),
      '/meters/4/key',
      'Duplicate',
    ],
    ['duplicate plan', push(['plans'], { key: 'pro', rateCard: 'standard', paid: false }), '/plans/1/key', 'Duplicate'],
    [
      'two defaults',
      push(['plans'], { key: 'free', rateCard: 'standard', paid: false, default: true }),
      '/plans/1/default',
      'Duplicate',
    ],
    ['unknown meter', set([...RATES, 0, 'meter'], 'x'), '/rateCards/0/versions/0/rates/0/meter', 'UnknownReference'],
    ['unknown pool', set([...RATES, 0, 'pool'], 'x'), '/rateCards/0/versions/0/rates/0/pool', 'UnknownReference'],
    [
      'where no dimension',
      set([...RATES, 0, 'where'], { x: 'y' }),
      '/rateCards/0/versions/0/rates/0/where/x',
      'UnknownReference',
    ],
    ['same rate twice', push(RATES, { ...rate, meter: 'tokens' }), '/rateCards/0/versions/0/rates/3', 'Duplicate'],
    ['unknown card', set(['plans', 0, 'rateCard'], 'x'), '/plans/0/rateCard', 'UnknownReference'],
    [
      'limit of no pool',
      set(['plans', 0, 'negativeLimit'], { x: '1' }),
      '/plans/0/negativeLimit/x',
      'UnknownReference',
    ],
    [
      'negative limit',
      set(['plans', 0, 'negativeLimit'], { credits: '-1' }),
      '/plans/0/negativeLimit/credits',
      'InvalidDecimal',
    ],
    [
      'float',
      set([...RATES, 0, 'price', 'credits'], 1),
      '/rateCards/0/versions/0/rates/0/price/credits',
      'InvalidType',
    ],
    ['per 0', set([...RATES, 0, 'price', 'per'], '0'), '/rateCards/0/versions/0/rates/0/price/per', 'NotPositive'],
    [
      'closed last tier',
      set([...RATES, 1, 'price', 'tiers', 1, 'upTo'], '20'),
      '/rateCards/0/versions/0/rates/1/price/tiers/1/upTo',
      'NotOpen',
    ],
    [
      'tiers fall',
      set([...RATES, 1, 'price', 'tiers', 1], { upTo: '5', credits: '1', per: '1' }),
      '/rateCards/0/versions/0/rates/1/price/tiers/1/upTo',
      'NotOpen',
    ],
    [
      'open first tier',
      set([...RATES, 1, 'price', 'tiers', 0], { credits: '1', per: '1' }),
      '/rateCards/0/versions/0/rates/1/price/tiers/0/upTo',
      'Required',
    ],
    [
      'versions fall',
      set(['rateCards', 0, 'versions', 1, 'effectiveFrom'], '2022-01-01T00:00:00Z'),
      '/rateCards/0/versions/1/effectiveFrom',
      'NotAscending',
    ],
    [
      'bad time',
      set(['rateCards', 0, 'versions', 0, 'effectiveFrom'], '2022-01-01'),
      '/rateCards/0/versions/0/effectiveFrom',
      'InvalidTime',
    ],
    ['count with value', set(['meters', 0, 'value'], 'x'), '/meters/0/value', 'NotApplicable'],
    ['sum without value', set(['meters', 1, 'value'], undefined), '/meters/1/value', 'Required'],
    ['gauge without per', set(['meters', 3, 'per'], undefined), '/meters/3/per', 'Required'],
    ['sum with per', set(['meters', 1, 'per'], 'day'), '/meters/1/per', 'NotApplicable'],
    ['factor by no dimension', set(['meters', 2, 'factor', 'by'], 'x'), '/meters/2/factor/by', 'UnknownReference'],
    ['series of no dimension', set(['meters', 3, 'series'], ['x']), '/meters/3/series/0', 'UnknownReference'],
    [
      'max and share',
      set(['plans', 0, 'included', 0, 'rollover', 'share'], '0.5'),
      '/plans/0/included/0/rollover/share',
      'NotApplicable',
    ],
    [
      'welcome to no pool',
      set(['plans', 0, 'welcome'], [{ pool: 'x', amount: '1' }]),
      '/plans/0/welcome/0/pool',
      'UnknownReference',
    ],
    ['price too fine', set(['plans', 0, 'price', 'amount'], '49.001'), '/plans/0/price/amount', 'InvalidAmount'],
    ['package without credits', set(['packages', 0, 'credits'], undefined), '/packages/0/credits', 'Required'],
    ['bad period', set(['packages', 0, 'expires'], '12M'), '/packages/0/expires', 'InvalidPeriod'],
    ['bad grace', set(['grace'], 'P1M'), '/grace', 'InvalidDuration'],
  ])('%s', (_name, edit, pointer, code) => {
    // As it comes over HTTP: through JSON text.
    const result = validateCatalog(JSON.parse(JSON.stringify(changed(edit))));
    expect('errors' in result ? result.errors : []).toEqual(
      expect.arrayContaining([expect.objectContaining({ pointer, code })]),
    );
  });

  it.each([null, [], 'x', {}])('%j is no catalog', (document) => {
    expect(validateCatalog(document)).toHaveProperty('errors');
  });
});

describe('checkSuccession', () => {
  const later = { effectiveFrom: '2026-11-20T10:01:00Z', rates: [rate] };
  it.each([
    ['nothing', () => undefined],
    ['a meter', push(['meters'], { key: 'new', eventType: 'llm', aggregation: 'count' })],
    ['a factor value', set(['meters', 2, 'factor', 'values', 'h100'], '8')],
    ['a rate at the end', push(RATES, rate)],
    ['a version 60 s ahead', push(['rateCards', 0, 'versions'], later)],
    [
      'a card with past versions',
      push(['rateCards'], { key: 'new', versions: [{ effectiveFrom: '2020-01-01T00:00:00Z', rates: [] }] }),
    ],
    ['a welcome', set(['plans', 0, 'welcome'], [{ pool: 'credits', amount: '5', expires: 'P30D' }])],
    ['other included credits', set(['plans', 0, 'included', 0, 'amount'], '5')],
  ])('%s may follow', (_name, edit) => {
    expect(checkSuccession(base, catalogOf(changed(edit)), NOW)).toEqual([]);
  });

  it.each([
    ['a price', set([...RATES, 0, 'price', 'credits'], '9'), '/rateCards/0/versions/0/rates/0', 'Changed'],
    [
      'a where that reads as the same number',
      set([...RATES, 0, 'where'], { model: '7' }),
      '/rateCards/0/versions/0/rates/0',
      'Changed',
    ],
    ['a rate removed', set([...RATES], []), '/rateCards/0/versions/0/rates/0', 'Changed'],
    [
      'a version removed',
      set(['rateCards', 0, 'versions'], JSON.parse(text).rateCards[0].versions.slice(0, 1)),
      '/rateCards/0/versions',
      'Removed',
    ],
    [
      'a version too soon',
      push(['rateCards', 0, 'versions'], { ...later, effectiveFrom: '2026-11-20T10:00:59Z' }),
      '/rateCards/0/versions/2/effectiveFrom',
      'TooSoon',
    ],
    ['a meter changed', set(['meters', 1, 'value'], 'other'), '/meters/1', 'Changed'],
    ['a factor changed', set(['meters', 2, 'factor', 'values', 't4'], '2'), '/meters/2/factor/values/t4', 'Changed'],
    ['a package removed', set(['packages'], []), '/packages', 'Removed'],
    [
      'a plan on another card',
      (document: Editable) => (
        push(['rateCards'], { key: 'new', versions: [{ effectiveFrom: '2020-01-01T00:00:00Z', rates: [] }] })(document),
        set(['plans', 0, 'rateCard'], 'new')(document)
      ),
      '/plans/0/rateCard',
      'Changed',
    ],
  ])('%s', (_name, edit, pointer, code) => {
    const errors = checkSuccession(base, catalogOf(changed(edit)), NOW);
    expect(errors.map((error) => [error.pointer, error.code])).toEqual(expect.arrayContaining([[pointer, code]]));
  });

  it('a version that is still ahead may be changed or withdrawn', () => {
    const planned = catalogOf(changed(push(['rateCards', 0, 'versions'], later)));
    expect(checkSuccession(planned, base, NOW)).toEqual([]);
    expect(checkSuccession(planned, base, NOW + 1000)).toMatchObject([{ code: 'Removed' }]);
  });
});

describe('compileCatalog', () => {
  const catalog = compileCatalog(base, 3);
  const meter = catalog.meter('tokens');
  const find = (time: string, model?: string) =>
    meter && catalog.rateOf('pro', Date.parse(time), meter, new Map(model === undefined ? [] : [['model', model]]));

  it('finds the first rate that matches in the effective version', () => {
    expect(find('2025-01-01T00:00:00Z', 'large')?.price.document).toMatchObject({ credits: '2' });
    expect(find('2025-01-01T00:00:00Z', 'small')?.price.document).toMatchObject({ model: 'graduated' });
    expect(find('2025-12-31T23:59:59.999Z', 'large')?.price.document).toMatchObject({ credits: '2' });
    expect(find('2026-01-01T00:00:00Z', 'large')?.price.document).toMatchObject({ credits: '3' });
    expect(find('2026-01-01T00:00:00Z', 'small')).toBeUndefined();
    expect(find('2022-12-31T23:59:59.999Z', 'large')).toBeUndefined();
    expect(find('2025-01-01T00:00:00Z', 'large')?.key).toBe(find('2026-01-01T00:00:00Z', 'large')?.key);
    expect(find('2025-01-01T00:00:00Z')?.key).toBe('["tokens",[],"credits"]');
  });

  it('knows terms by key', () => {
    expect(catalog.metersOf('llm').map((each) => each.key)).toEqual(['requests', 'tokens']);
    expect(catalog.metersOf('constructor')).toEqual([]);
    expect(catalog.graceMs).toBe(7_200_000);
    expect(catalog.defaultPlan?.key).toBe('pro');
    expect(catalog.plan('pro')?.negativeLimits).toEqual(
      new Map([
        ['credits', 10_000_000_000n],
        ['tool-runs', 0n],
      ]),
    );
    expect(catalog.plan('pro')?.included[0]?.rollover).toEqual({
      model: 'capped',
      maxNanos: 500_000_000_000n,
      shareNanos: 1_000_000_000n,
      cycles: 3,
    });
    expect(catalog.package('fixed')).toMatchObject({
      fixedPrice: { amountMinor: 1000n, currency: 'EUR' },
      expires: { months: 12, days: 0 },
    });
    expect(catalog.package('volume')).toMatchObject({ fixedPrice: null, creditsNanos: null });
  });

  it('a gauge counts by the length of its cycle', () => {
    const storage = catalog.meter('storage');
    expect(storage && catalog.denominatorIn(storage, { startMs: 0, endMs: 2_592_000_000 })).toBe(
      2_592_000_000n * 1_000_000_000n,
    );
    expect(catalog.meter('gpu-hours')?.denominator).toBe(10n ** 27n);
  });
});
