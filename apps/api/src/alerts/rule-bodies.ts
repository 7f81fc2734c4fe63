import { isBuiltInRule, parseSignedCredits } from '@app/metering';
import type { DimensionPairs, ThresholdMark } from '@app/metering';
import { z } from 'zod';
import { credits, name } from '../edge/schemas.js';
import { LIMITS } from '../limits.js';

const PERCENT_MAX_NANOS = 1_000n * 1_000_000_000n;

/** A decimal: a string, or a number whose shortest form is one. */
const decimal = z
  .union([z.string().max(64), z.number()])
  .transform((value, context) => {
    const nanos = parseSignedCredits(String(value));
    if (nanos === undefined)
      context.addIssue({
        code: 'custom',
        message: 'is not a decimal: digits[.digits], 30 before and 9 after the point',
      });
    return nanos ?? 0n;
  })
  .meta({ examples: ['70', 70] });

const channels = z.array(name).max(LIMITS.channelsPerMarkMax);
const severity = z.string().min(1).max(LIMITS.severityCharsMax).optional();
const mark = <Value extends z.ZodType<bigint>>(value: Value) =>
  z.strictObject({ value, severity, channels: channels.optional() });

const isDistinct = (marks: readonly { readonly value: bigint }[]): boolean =>
  new Set(marks.map(({ value }) => value)).size === marks.length;
const DISTINCT = { error: 'names a value twice' };

/** `PUT …/alerts/{name}`: percents from 0 up, or credits left. */
export const alertBody = z
  .strictObject({
    pool: name,
    basis: z.enum(['percent-used', 'percent-left', 'balance']),
    at: z.array(mark(decimal)).min(1).max(LIMITS.marksMax).refine(isDistinct, DISTINCT),
  })
  .refine(
    ({ basis, at }) => basis === 'balance' || at.every(({ value }) => value >= 0n && value <= PERCENT_MAX_NANOS),
    { error: 'is not a percentage', path: ['at'] },
  );

/** `PUT …/budgets/{name}`: amounts; without `at`, the limit itself. */
export const budgetBody = z.strictObject({
  pool: name,
  limit: credits.refine((nanos) => nanos > 0n, { error: 'must be greater than 0' }),
  scope: z.record(name, z.string().min(1).max(255)).optional(),
  at: z
    .array(mark(credits.refine((nanos) => nanos > 0n, { error: 'must be greater than 0' })))
    .max(LIMITS.marksMax)
    .refine(isDistinct, DISTINCT)
    .optional(),
});

/** Marks in the order of their values, whatever the order in which they were written. */
export const marksOf = (at: z.output<typeof alertBody>['at']): ThresholdMark[] =>
  at
    .map(({ value, severity: how = null, channels: to = [] }) => ({ valueNanos: value, severity: how, channels: to }))
    .toSorted((one, other) => (one.valueNanos < other.valueNanos ? -1 : 1));

export const scopeOf = (scope: Readonly<Record<string, string>> = {}): DimensionPairs =>
  Object.entries(scope).toSorted(([one], [other]) => (one < other ? -1 : 1));

/** Names that the built-in alerts have. */
export const isReserved = (alert: string): boolean => isBuiltInRule({ kind: 'alert', name: alert });
