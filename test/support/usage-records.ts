import type { PublishRecord } from '@app/usage-feed';

export const CATALOG = {
  dimensions: ['project', 'model'],
  pools: [{ key: 'credits' }],
  meters: [
    { key: 'traces', eventType: 'trace.ingested', aggregation: 'count' },
    { key: 'tokens', eventType: 'llm.completion', aggregation: 'sum', value: 'tokens' },
    { key: 'runs', eventType: 'tool.ran', aggregation: 'sum', value: 'runs' },
    { key: 'storage', eventType: 'bytes.stored', aggregation: 'sum', value: 'bytes' },
  ],
  rateCards: [
    {
      key: 'standard',
      versions: [
        {
          effectiveFrom: '2023-01-01T00:00:00Z',
          rates: [
            { meter: 'traces', pool: 'credits', price: { model: 'unit', credits: '1', per: '1000' } },
            {
              meter: 'tokens',
              pool: 'credits',
              price: {
                model: 'graduated',
                tiers: [
                  { upTo: '1000', credits: '0.5', per: '7' },
                  { credits: '0.3', per: '7' },
                ],
              },
            },
            { meter: 'runs', pool: 'credits', price: { model: 'package', credits: '2', per: '10' } },
            {
              meter: 'storage',
              pool: 'credits',
              price: {
                model: 'volume',
                tiers: [
                  { upTo: '500', credits: '0.9', per: '11' },
                  { credits: '0.4', per: '11' },
                ],
              },
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
      included: [{ pool: 'credits', amount: '1000', rollover: { model: 'none' } }],
    },
  ],
} as const;

export interface UsageGiven {
  readonly id: string;
  readonly organisation: string;
  readonly timeMs: number;
  readonly type?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly source?: string;
}

export const eventOf = ({ id, organisation, timeMs, type, data, source }: UsageGiven): Record<string, unknown> => ({
  specversion: '1.0',
  id,
  source: source ?? '/test',
  type: type ?? 'trace.ingested',
  subject: organisation,
  time: new Date(timeMs).toISOString(),
  ...(data === undefined ? {} : { data }),
});

/** A structured CloudEvent, keyed with its organisation. */
export const recordOf = (given: UsageGiven): PublishRecord => ({
  key: Buffer.from(given.organisation),
  value: Buffer.from(JSON.stringify(eventOf(given))),
  headers: { 'content-type': [Buffer.from('application/cloudevents+json')] },
});
