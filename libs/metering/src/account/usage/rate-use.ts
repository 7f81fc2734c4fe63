import type { Rate } from '../../catalog/index.js';
import type { CycleBounds, RateUse } from '../account-events.js';

/** The terms under which a rate is used. */
export interface Used {
  readonly plan: string;
  readonly cycle: CycleBounds;
  readonly outcome: RateUse['outcome'];
}

/** Whether a rate was used under these terms. */
export const isSameUse = (one: Used, other: Used): boolean =>
  one.cycle.startMs === other.cycle.startMs && one.outcome === other.outcome && one.plan === other.plan;

/** Names a rate use within one decision. */
export const useKey = (rate: Rate, used: Used): string =>
  `${used.outcome}\n${used.cycle.startMs}\n${rate.effectiveFromMs}\n${used.plan}\n${rate.rateCard}\n${rate.key}`;

/** The newest use of each rate: accounts of one plan share their cycle. */
const newest = new WeakMap<Rate, RateUse>();

/** What usage lines were rated by, as their event records it: one object for equal terms, mostly. Never to be changed. */
export function rateUse(rate: Rate, used: Used): RateUse {
  const known = newest.get(rate);
  if (known !== undefined && isSameUse(known, used) && known.cycle.endMs === used.cycle.endMs) return known;
  const use: RateUse = {
    meter: rate.meter.key,
    pool: rate.pool,
    rate: rate.key,
    rateCard: rate.rateCard,
    effectiveFromMs: rate.effectiveFromMs,
    plan: used.plan,
    cycle: { startMs: used.cycle.startMs, endMs: used.cycle.endMs },
    outcome: used.outcome,
    isReversible: canCostShrink(rate),
  };
  newest.set(rate, use);
  return use;
}

/** Where the quantity may shrink, or more of it may cost less in all: a volume price as its next tier is reached. */
function canCostShrink({ meter, price }: Rate): boolean {
  return meter.aggregation === 'latest' || meter.aggregation === 'time-weighted' || price.document.model === 'volume';
}
