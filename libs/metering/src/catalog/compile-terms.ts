import { NANOS_PER_UNIT, parseDecimalNanos } from '../amounts/decimal.js';
import { parseMoney, type Money } from '../amounts/money.js';
import type { Meter } from '../meters/meter.js';
import { parsePeriod, type Period } from '../time/period.js';
import type { Package, Plan, Rollover } from './catalog.js';
import type { MeterDocument, PackageDocument, PlanDocument, RolloverDocument } from './catalog-schema.js';

const PLACES = 9;

// A rollover that only limits cycles keeps everything: more credits than a decimal of the contract can say.
const NO_CAP_NANOS = 10n ** 39n;

export function compileMeter(document: MeterDocument): Meter {
  const { value, factor, series, per } = document;
  const fields = value === undefined ? [] : typeof value === 'string' ? [value] : value.product;
  const quantityScale = PLACES * Math.max(1, fields.length + (factor === undefined ? 0 : 1));
  return {
    key: document.key,
    eventType: document.eventType,
    aggregation: document.aggregation,
    fields,
    ...(factor === undefined
      ? {}
      : {
          factor: {
            by: factor.by,
            values: new Map(Object.entries(factor.values).map(([key, text]) => [key, nanosOf(text)])),
          },
        }),
    ...(series === undefined ? {} : { series }),
    ...(per === undefined ? {} : { per }),
    quantityScale,
    denominator: 10n ** BigInt(quantityScale),
  };
}

export function compilePlan(document: PlanDocument, pools: readonly string[]): Plan {
  const limits = (amounts: Readonly<Record<string, string>> | undefined): Map<string, bigint> => {
    const byPool = new Map(pools.map((pool) => [pool, 0n]));
    for (const [pool, amount] of Object.entries(amounts ?? {})) byPool.set(pool, nanosOf(amount));
    return byPool;
  };
  return {
    key: document.key,
    rateCard: document.rateCard,
    isPaid: document.paid,
    isDefault: document.default === true,
    price: document.price === undefined ? null : moneyOf(document.price),
    included: (document.included ?? []).map((included) => ({
      pool: included.pool,
      amountNanos: nanosOf(included.amount),
      rollover: compileRollover(included.rollover),
    })),
    welcome: (document.welcome ?? []).map(({ pool, amount, expires }) => ({
      pool,
      amountNanos: nanosOf(amount),
      expires: expiryOf(expires),
    })),
    negativeLimits: limits(document.negativeLimit),
    startThresholds: limits(document.startThreshold),
    negativeBalance: document.negativeBalance ?? 'carry',
    document,
  };
}

function compileRollover(document: RolloverDocument | undefined): Rollover {
  if (document === undefined || document.model === 'none') return { model: 'none' };
  const hasShare = document.share !== undefined;
  const max = document.max === undefined ? NO_CAP_NANOS : nanosOf(document.max);
  return {
    model: 'capped',
    maxNanos: hasShare ? null : max,
    shareNanos: document.share === undefined ? NANOS_PER_UNIT : nanosOf(document.share),
    cycles: document.cycles ?? null,
  };
}

export function compilePackage(document: PackageDocument): Package {
  const { price } = document;
  const isVolume = 'tiers' in price;
  return {
    key: document.key,
    pool: document.pool,
    currency: price.currency,
    creditsNanos: document.credits === undefined ? null : nanosOf(document.credits),
    bonusNanos: document.bonus === undefined ? 0n : nanosOf(document.bonus),
    fixedPrice: isVolume ? null : moneyOf(price),
    volumeTiers: isVolume
      ? price.tiers.map((tier) => ({
          upTo: tier.upTo === undefined ? undefined : nanosOf(tier.upTo),
          amountNanos: nanosOf(tier.amount),
          perNanos: nanosOf(tier.per),
        }))
      : [],
    minQuantity: document.minQuantity === undefined ? null : nanosOf(document.minQuantity),
    maxQuantity: document.maxQuantity === undefined ? null : nanosOf(document.maxQuantity),
    expires: expiryOf(document.expires),
    refundWindow: document.refundWindow === undefined ? null : periodOf(document.refundWindow),
    document,
  };
}

function nanosOf(text: string): bigint {
  const nanos = parseDecimalNanos(text);
  if (nanos === undefined) throw new RangeError(`not a decimal of the catalog: ${text}`);
  return nanos;
}

function moneyOf(price: { readonly amount: string; readonly currency: string }): Money {
  const money = parseMoney(price.amount, price.currency);
  if (money === undefined) throw new RangeError(`not an amount of the catalog: ${price.amount} ${price.currency}`);
  return money;
}

const expiryOf = (text: string | undefined): Period | null =>
  text === undefined || text === 'never' ? null : periodOf(text);

function periodOf(text: string): Period {
  const period = parsePeriod(text);
  if (period === undefined) throw new RangeError(`not a period of the catalog: ${text}`);
  return period;
}
