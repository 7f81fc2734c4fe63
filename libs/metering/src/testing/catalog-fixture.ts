import { compileCatalog, validateCatalog, type Catalog, type CatalogDocument } from '../catalog/index.js';

/** What a test changes of the fixture's document. */
export type CatalogChanges = Partial<CatalogDocument>;

/** A catalog with every kind of meter and every price model, two pools and three plans. */
export const LARGE_CATALOG: CatalogDocument = {
  dimensions: ['project', 'user', 'model', 'hardware'],
  pools: [{ key: 'credits' }, { key: 'runs' }],
  meters: [
    { key: 'requests', eventType: 'llm', aggregation: 'count' },
    { key: 'tokens', eventType: 'llm', aggregation: 'sum', value: 'tokens' },
    { key: 'runs', eventType: 'tool', aggregation: 'count' },
    { key: 'peak', eventType: 'peak', aggregation: 'max', value: 'size' },
    { key: 'people', eventType: 'visit', aggregation: 'unique', value: 'person' },
    { key: 'seats', eventType: 'seats', aggregation: 'latest', value: 'seats' },
    { key: 'storage', eventType: 'storage', aggregation: 'time-weighted', value: 'gigabytes', per: 'month' },
    {
      key: 'gpu',
      eventType: 'gpu',
      aggregation: 'sum',
      value: { product: ['hours', 'replicas'] },
      factor: { by: 'hardware', values: { a100: '4', t4: '1' } },
    },
  ],
  rateCards: [
    {
      key: 'standard',
      versions: [
        {
          effectiveFrom: '2020-01-01T00:00:00Z',
          rates: [
            { meter: 'requests', pool: 'credits', price: { model: 'unit', credits: '1', per: '1000' } },
            {
              meter: 'tokens',
              where: { model: 'large' },
              pool: 'credits',
              price: {
                model: 'graduated',
                tiers: [
                  { upTo: '1000', credits: '1', per: '300' },
                  { credits: '0.5', per: '700' },
                ],
              },
            },
            {
              meter: 'tokens',
              where: { model: 'bulk' },
              pool: 'credits',
              price: {
                model: 'volume',
                tiers: [
                  { upTo: '2000', credits: '2', per: '1000' },
                  { credits: '1.5', per: '1000' },
                ],
              },
            },
            { meter: 'tokens', pool: 'credits', price: { model: 'package', credits: '1', per: '40' } },
            { meter: 'runs', pool: 'runs', price: { model: 'unit', credits: '1', per: '1' } },
            { meter: 'peak', pool: 'credits', price: { model: 'unit', credits: '1', per: '1' } },
            { meter: 'people', pool: 'credits', price: { model: 'unit', credits: '3', per: '1' } },
            { meter: 'seats', pool: 'credits', price: { model: 'unit', credits: '7', per: '1' } },
            { meter: 'storage', pool: 'credits', price: { model: 'unit', credits: '5', per: '1' } },
            { meter: 'gpu', pool: 'credits', price: { model: 'unit', credits: '2', per: '3' } },
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
      included: [
        { pool: 'credits', amount: '100', rollover: { model: 'none' } },
        { pool: 'runs', amount: '10', rollover: { model: 'none' } },
      ],
    },
    {
      key: 'rolling',
      rateCard: 'standard',
      paid: true,
      included: [{ pool: 'credits', amount: '100', rollover: { model: 'capped', max: '50', cycles: 2 } }],
    },
    {
      key: 'forgiving',
      rateCard: 'standard',
      paid: false,
      negativeBalance: 'forgive',
      included: [{ pool: 'credits', amount: '10', rollover: { model: 'capped', share: '0.5' } }],
    },
  ],
  packages: [
    {
      key: 'pack',
      pool: 'credits',
      credits: '1000',
      bonus: '100',
      price: { amount: '10.00', currency: 'EUR' },
      expires: 'never',
      refundWindow: 'P30D',
    },
  ],
};

/** The fixture's catalog, compiled, with a test's changes. */
export function catalogFixture(changes: CatalogChanges = {}, version = 1): Catalog {
  const validated = validateCatalog({ ...LARGE_CATALOG, ...changes });
  if ('errors' in validated) throw new Error(JSON.stringify(validated.errors));
  return compileCatalog(validated.catalog, version);
}
