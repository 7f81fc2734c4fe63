/** A small catalog: one plan on which accounts open by themselves, one that is free, a rate that needs a model. */
export const CATALOG = {
  dimensions: ['project', 'user', 'model'],
  pools: [{ key: 'credits' }, { key: 'tool-runs' }],
  meters: [
    { key: 'traces', eventType: 'trace.ingested', aggregation: 'count' },
    { key: 'input-tokens', eventType: 'llm.completion', aggregation: 'sum', value: 'input_tokens' },
    {
      key: 'gpu-hours',
      eventType: 'deployment.ran',
      aggregation: 'sum',
      value: { product: ['hours', 'replicas'] },
      factor: { by: 'model', values: { a100: '4', t4: '1' } },
    },
    { key: 'unpriced', eventType: 'tool.ran', aggregation: 'count' },
  ],
  rateCards: [
    {
      key: 'standard',
      versions: [
        {
          effectiveFrom: '2023-01-01T00:00:00Z',
          rates: [
            { meter: 'traces', pool: 'credits', price: { model: 'unit', credits: '1', per: '1000' } },
            { meter: 'input-tokens', pool: 'credits', price: { model: 'unit', credits: '0.5', per: '1000' } },
            { meter: 'gpu-hours', pool: 'credits', price: { model: 'unit', credits: '10', per: '1' } },
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
      included: [{ pool: 'credits', amount: '1000' }],
    },
    { key: 'free', rateCard: 'standard', paid: false },
    { key: 'trial', rateCard: 'standard', paid: false, included: [{ pool: 'credits', amount: '75' }] },
  ],
  packages: [
    {
      key: 'small',
      pool: 'credits',
      credits: '2500000',
      bonus: '0',
      price: { amount: '10.00', currency: 'EUR' },
      expires: 'never',
      refundWindow: 'P30D',
    },
  ],
} as const;
