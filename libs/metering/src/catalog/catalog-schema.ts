import { z } from 'zod';
import { parseMoney } from '../amounts/money.js';
import { parseQuantity } from '../amounts/quantity.js';
import { parseDuration, parsePeriod } from '../time/period.js';
import { parseTime } from '../time/rfc3339.js';
import { isName } from '../usage-event/name.js';
import { CATALOG_LIMITS as LIMITS } from './catalog-limits.js';

/** A schema's `params.code` is the stable code of its error. */
function rule(code: string, error: string): { readonly params: { readonly code: string }; readonly error: string } {
  return { params: { code }, error };
}

const key = z
  .string()
  .refine(isName, rule('InvalidName', 'a name has 1 to 255 characters, no control characters, no outer white space'));
const decimal = z
  .string()
  .refine(
    (text) => parseQuantity(text) !== undefined,
    rule('InvalidDecimal', 'a decimal string has at most 30 digits before and 9 after the point'),
  );
const positiveDecimal = decimal.refine(
  (text) => (parseQuantity(text) ?? 1n) > 0n,
  rule('NotPositive', 'must be greater than 0'),
);
const share = positiveDecimal.refine(
  (text) => (parseQuantity(text) ?? 0n) <= 1_000_000_000n,
  rule('OutOfRange', 'a share is at most 1'),
);
const time = z
  .string()
  .refine((text) => parseTime(text) !== undefined, rule('InvalidTime', 'an RFC 3339 time with a zone'));
const period = z
  .string()
  .refine((text) => parsePeriod(text) !== undefined, rule('InvalidPeriod', 'an ISO 8601 period such as P12M'));
const grace = z
  .string()
  .refine(
    (text) => (parseDuration(text) ?? Infinity) <= LIMITS.graceMaxMs,
    rule('InvalidDuration', 'an ISO 8601 duration such as PT1H, at most 35 days'),
  );
const currency = z.string().regex(/^[A-Z]{3}$/, 'a currency is three capital letters (ISO 4217)');
const amountsByPool = z.record(z.string(), decimal);

const meterValue = z.union([key, z.strictObject({ product: z.array(key).min(1).max(LIMITS.productFieldsMax) })]);

const meter = z.strictObject({
  key,
  eventType: key,
  aggregation: z.enum(['count', 'sum', 'max', 'unique', 'latest', 'time-weighted']),
  value: meterValue.optional(),
  factor: z.strictObject({ by: key, values: z.record(z.string(), decimal) }).optional(),
  series: z.array(key).max(LIMITS.dimensionsMax).optional(),
  per: z.enum(['second', 'minute', 'hour', 'day', 'month']).optional(),
});

const tier = z.strictObject({
  upTo: positiveDecimal.optional(),
  credits: decimal,
  per: positiveDecimal,
  flat: decimal.optional(),
});
const tiers = z.array(tier).min(1).max(LIMITS.tiersMax);

const price = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('unit'), credits: decimal, per: positiveDecimal }),
  z.strictObject({ model: z.literal('package'), credits: decimal, per: positiveDecimal }),
  z.strictObject({ model: z.literal('graduated'), tiers }),
  z.strictObject({ model: z.literal('volume'), tiers }),
]);

const rate = z.strictObject({
  meter: key,
  where: z.record(z.string(), z.string().min(1)).optional(),
  pool: key,
  price,
});

const rateCard = z.strictObject({
  key,
  versions: z
    .array(z.strictObject({ effectiveFrom: time, rates: z.array(rate).max(LIMITS.ratesPerVersionMax) }))
    .min(1)
    .max(LIMITS.versionsPerCardMax),
});

const rollover = z.discriminatedUnion('model', [
  z.strictObject({ model: z.literal('none') }),
  z.strictObject({
    model: z.literal('capped'),
    max: decimal.optional(),
    share: share.optional(),
    cycles: z.int().min(1).max(LIMITS.rolloverCyclesMax).optional(),
  }),
]);

function isMoney(value: { readonly amount: string; readonly currency: string }): boolean {
  return parseQuantity(value.amount) === undefined || parseMoney(value.amount, value.currency) !== undefined;
}

const moneyRule = { ...rule('InvalidAmount', 'finer than the minor unit of the currency'), path: ['amount'] };

const plan = z.strictObject({
  key,
  description: z.string().max(LIMITS.descriptionLengthMax).optional(),
  rateCard: key,
  paid: z.boolean(),
  default: z.boolean().optional(),
  price: z
    .strictObject({ amount: decimal, currency, per: z.literal('cycle') })
    .refine(isMoney, moneyRule)
    .optional(),
  included: z
    .array(z.strictObject({ pool: key, amount: decimal, rollover: rollover.optional() }))
    .max(LIMITS.poolsMax)
    .optional(),
  welcome: z
    .array(
      z.strictObject({ pool: key, amount: positiveDecimal, expires: z.union([z.literal('never'), period]).optional() }),
    )
    .max(LIMITS.poolsMax)
    .optional(),
  negativeLimit: amountsByPool.optional(),
  startThreshold: amountsByPool.optional(),
  negativeBalance: z.enum(['carry', 'forgive']).optional(),
});

const fixedPackagePrice = z.strictObject({ amount: decimal, currency }).refine(isMoney, moneyRule);
const volumePackagePrice = z.strictObject({
  model: z.literal('volume'),
  currency,
  tiers: z
    .array(z.strictObject({ upTo: positiveDecimal.optional(), amount: decimal, per: positiveDecimal }))
    .min(1)
    .max(LIMITS.tiersMax),
});

const purchasable = z.strictObject({
  key,
  pool: key,
  description: z.string().max(LIMITS.descriptionLengthMax).optional(),
  credits: positiveDecimal.optional(),
  bonus: decimal.optional(),
  minQuantity: positiveDecimal.optional(),
  maxQuantity: positiveDecimal.optional(),
  price: z.union([fixedPackagePrice, volumePackagePrice]),
  expires: z.union([z.literal('never'), period]).optional(),
  refundWindow: period.optional(),
});

/** The whole catalog document, field by field; what fields say of each other is `validateCatalog`'s. Source: the HTTP contract, Catalog. */
export const catalogSchema = z.strictObject({
  grace: grace.optional(),
  dimensions: z.array(key).max(LIMITS.dimensionsMax),
  pools: z.array(z.strictObject({ key })).min(1).max(LIMITS.poolsMax),
  meters: z.array(meter).max(LIMITS.metersMax),
  rateCards: z.array(rateCard).max(LIMITS.rateCardsMax),
  plans: z.array(plan).max(LIMITS.plansMax),
  packages: z.array(purchasable).max(LIMITS.packagesMax).optional(),
});

export type CatalogDocument = z.infer<typeof catalogSchema>;
export type MeterDocument = z.infer<typeof meter>;
export type PriceDocument = z.infer<typeof price>;
export type TierDocument = z.infer<typeof tier>;
export type RateDocument = z.infer<typeof rate>;
export type PlanDocument = z.infer<typeof plan>;
export type PackageDocument = z.infer<typeof purchasable>;
export type RolloverDocument = z.infer<typeof rollover>;
export type RateCardDocument = z.infer<typeof rateCard>;
