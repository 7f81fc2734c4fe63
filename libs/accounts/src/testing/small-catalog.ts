import { compileCatalog, validateCatalog, type Catalog } from '@app/metering';

/** One meter that counts, one pool, one plan with 1,000 credits a cycle on which accounts open by themselves. */
export const SMALL_CATALOG_DOCUMENT = {
  dimensions: ['project'],
  pools: [{ key: 'credits' }],
  meters: [{ key: 'calls', eventType: 'call.made', aggregation: 'count' }],
  rateCards: [
    {
      key: 'standard',
      versions: [
        {
          effectiveFrom: '2020-01-01T00:00:00Z',
          rates: [{ meter: 'calls', pool: 'credits', price: { model: 'unit', credits: '1', per: '1' } }],
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
      included: [{ pool: 'credits', amount: '1000', rollover: { model: 'none' } }],
      negativeLimit: { credits: '0' },
    },
  ],
  packages: [],
};

export function smallCatalog(version = 1): Catalog {
  const validation = validateCatalog(SMALL_CATALOG_DOCUMENT);
  if ('errors' in validation) throw new Error(JSON.stringify(validation.errors));
  return compileCatalog(validation.catalog, version);
}
