import * as z from 'zod';
import { packageTerms, price } from './credit-schemas.js';
import { bigInteger, instant, list, nanos } from './json-scalars.js';
import { eventBase, eventSchema } from './ledger-schemas.js';

const dimensionPair: z.ZodType<readonly [name: string, value: string], readonly [string, string]> = z.tuple([
  z.string(),
  z.string(),
]);

/** Dimensions of usage as name and value pairs. */
export const dimensionPairs = list(dimensionPair).meta({
  id: 'DimensionPairs',
  description: 'Pairs of name and value in the catalog’s order.',
});

const thresholdRule = z
  .strictObject({
    kind: z.enum(['alert', 'budget']),
    name: z.string(),
    pool: z.string(),
    basis: z.enum(['percent-used', 'percent-left', 'balance', 'budget']),
    limitNanos: nanos.nullable(),
    scope: dimensionPairs,
    marks: list(z.strictObject({ valueNanos: nanos, severity: z.string().nullable(), channels: list(z.string()) })),
  })
  .meta({ id: 'ThresholdRule', description: 'An alert or a budget.' });

const crossingCause = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('usage'), source: z.string(), id: z.string(), offset: bigInteger }),
    z.strictObject({ kind: z.literal('command'), route: z.string() }),
    z.strictObject({ kind: z.literal('instant') }),
  ])
  .meta({ id: 'CrossingCause', description: 'What crossed a threshold.' });

/** Events of limits, thresholds, budgets and auto-recharge. */
export const ruleSchemas = {
  NegativeLimitSet: eventSchema('NegativeLimitSet', 'How far below zero a pool may go was set.', {
    ...eventBase,
    pool: z.string(),
    limitNanos: nanos,
  }),
  ThresholdRuleSet: eventSchema('ThresholdRuleSet', 'An alert or a budget was set; without marks, it was removed.', {
    ...eventBase,
    rule: thresholdRule,
    countedNanos: nanos,
  }),
  ThresholdReached: eventSchema('ThresholdReached', 'A figure reached a threshold, once per rule, cycle and mark.', {
    ...eventBase,
    rule: z.strictObject({ kind: z.enum(['alert', 'budget']), name: z.string() }),
    valueNanos: nanos,
    figureNanos: nanos,
    severity: z.string().nullable(),
    channels: list(z.string()),
    pool: z.string(),
    cycleStartMs: instant,
    by: crossingCause,
    isSilent: z.boolean(),
  }),
  AutoRechargeSet: eventSchema('AutoRechargeSet', 'Auto-recharge was configured.', {
    ...eventBase,
    settings: z.strictObject({
      enabled: z.boolean(),
      package: z.string(),
      thresholdNanos: nanos,
      monthlyLimitMinor: bigInteger,
    }),
  }),
  RechargeRequested: eventSchema('RechargeRequested', 'Available credits fell below the recharge threshold.', {
    ...eventBase,
    purchase: z.string(),
    package: z.string(),
    price,
    terms: packageTerms.nullable(),
    by: crossingCause,
  }),
  RechargeDeclined: eventSchema('RechargeDeclined', 'The payment processor said no.', {
    ...eventBase,
    purchase: z.string(),
    reason: z.string(),
    retryAfterMs: instant,
  }),
};
