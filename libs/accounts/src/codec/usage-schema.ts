import * as z from 'zod';
import { feedRange } from './feed-schemas.js';
import { bigInteger, instant, list, nanos } from './json-scalars.js';
import { cycleBounds, debtPayment, eventSchema, grantTerms } from './ledger-schemas.js';
import { dimensionPairs } from './rule-schemas.js';

const index = z.int();

const rateUse = z
  .strictObject({
    meter: z.string(),
    pool: z.string(),
    rate: z.string(),
    rateCard: z.string(),
    effectiveFromMs: instant,
    plan: z.string(),
    cycle: cycleBounds,
    outcome: z.enum(['charged', 'late', 'adjusted']),
    isReversible: z.boolean(),
  })
  .meta({ id: 'RateUse', description: 'What lines were rated by: one a rate, version, cycle and outcome.' });

const usageGroup = z
  .strictObject({
    use: index,
    dimensions: index,
    hour: z.int(),
    events: z.int(),
    firstEvents: z.int(),
    quantityNanos: nanos,
    creditsNanos: nanos,
  })
  .meta({
    id: 'UsageGroup',
    description:
      'Sums by rate use, dimensions and hour since the epoch. Over all groups, `events` are meter lines and `firstEvents` are usage events.',
  });

const drawRun = z
  .strictObject({
    use: index,
    from: z.enum(['grant', 'expired', 'overdraft', 'refund']),
    grant: z.string().nullable(),
    isRepaid: z.boolean().exactOptional(),
    amountNanos: nanos,
  })
  .meta({ id: 'DrawRun', description: 'Where one run of lines of one use was drawn from.' });

const seriesPoint = z
  .strictObject({
    series: z.string(),
    usageTimeMs: instant,
    timeMs: instant,
    source: z.string(),
    id: z.string(),
    valueUnits: bigInteger,
  })
  .meta({ id: 'SeriesPoint', description: 'The point of a gauge.' });

const meterSample = z
  .strictObject({
    use: index,
    deltaUnits: bigInteger,
    value: z.string().exactOptional(),
    point: seriesPoint.exactOptional(),
    isNewest: z.boolean().exactOptional(),
  })
  .meta({ id: 'MeterSample', description: 'What meters that are no plain sums remember of a usage event.' });

const word = z.int().min(0).max(0xff_ff_ff_ff);

const evidenceLine = z
  .strictObject({
    source: z.string(),
    id: z.string(),
    contentHash: z.strictObject({ contentHigh: word, contentLow: word }),
    timeMs: instant,
    usageTimeMs: instant,
    offset: bigInteger,
    recordTimestampMs: instant,
    dimensions: index,
    lines: list(
      z.strictObject({
        use: index,
        quantityNanos: nanos,
        creditsNanos: nanos,
        cutNanos: nanos.exactOptional(),
        deltaUnits: bigInteger.exactOptional(),
        inputs: list(nanos).exactOptional(),
      }),
    ),
  })
  .meta({ id: 'EvidenceLine', description: 'One usage event, as audits read it.' });

/** `UsageCharged` as people see it; its stored form is binary columns. */
export const usageChargedSchema = eventSchema('UsageCharged', 'Usage of one append was rated and drawn.', {
  atMs: instant,
  feed: feedRange.nullable(),
  catalogVersion: z.int(),
  uses: list(rateUse),
  dimensions: list(dimensionPairs),
  groups: list(usageGroup),
  draws: list(drawRun),
  samples: list(meterSample),
  refundGrants: list(grantTerms),
  payments: list(debtPayment),
  days: list(z.int()),
  evidence: list(evidenceLine),
});
