import { parseTime, type Catalog, type Meter, type RateUse } from '@app/metering';
import { LIMITS } from '../limits.js';
import type { Report } from './finding.js';

/** What a catalog says of a meter under one plan and version of its rate card, in one cycle. */
export interface CatalogTerms {
  readonly catalog: Catalog;
  readonly plan: string;
  readonly rateCard: string;
  readonly meter: Meter;
  readonly cycle: RateUse['cycle'];
  readonly denominator: bigint;
  /** Usage times from which and before which the named version of the rate card is the effective one. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** The dimensions by which that version has different rates of the meter. */
  readonly pricedBy: readonly string[];
}

/** Whether these are the terms of a use. */
export const areOf = (terms: CatalogTerms, use: RateUse, catalog: Catalog): boolean =>
  terms.catalog === catalog &&
  terms.plan === use.plan &&
  terms.rateCard === use.rateCard &&
  terms.meter.key === use.meter &&
  terms.fromMs === use.effectiveFromMs &&
  terms.cycle.startMs === use.cycle.startMs &&
  terms.cycle.endMs === use.cycle.endMs;

/** Accounts of one plan have the same terms. */
const keptBy = new WeakMap<Catalog, Map<string, CatalogTerms>>();

/** The terms of a use, or undefined (and a finding) where the catalog does not have them. */
export function catalogTermsOf(use: RateUse, catalog: Catalog, report: Report): CatalogTerms | undefined {
  let kept = keptBy.get(catalog);
  if (kept === undefined) keptBy.set(catalog, (kept = new Map()));
  const { meter, plan, rateCard, effectiveFromMs, cycle } = use;
  const key = JSON.stringify([meter, plan, rateCard, effectiveFromMs, cycle.startMs, cycle.endMs]);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const terms = findTerms(use, catalog, report);
  if (terms === undefined) return undefined;
  if (kept.size >= LIMITS.termsMax) kept.clear();
  kept.set(key, terms);
  return terms;
}

function findTerms(use: RateUse, catalog: Catalog, report: Report): CatalogTerms | undefined {
  const { rateCard, cycle } = use;
  const meter = catalog.meter(use.meter);
  const plan = catalog.plan(use.plan);
  if (meter === undefined || plan?.rateCard !== rateCard) {
    const detail = `catalog ${catalog.version} has no ${use.meter} in ${rateCard} of plan ${use.plan}`;
    report({ check: 'rating', detail });
    return undefined;
  }
  const versions = catalog.document.rateCards.find(({ key }) => key === rateCard)?.versions ?? [];
  const starts = versions.map(({ effectiveFrom }) => parseTime(effectiveFrom) ?? Number.NaN);
  const at = starts.indexOf(use.effectiveFromMs);
  if (at < 0) {
    report({ check: 'rating', detail: `rate card ${rateCard} has no version from ${use.effectiveFromMs}` });
    return undefined;
  }
  const rates = versions[at]?.rates.filter((rate) => rate.meter === use.meter) ?? [];
  return {
    catalog,
    plan: use.plan,
    rateCard,
    meter,
    cycle,
    denominator: catalog.denominatorIn(meter, cycle),
    fromMs: use.effectiveFromMs,
    untilMs: starts[at + 1] ?? Number.POSITIVE_INFINITY,
    pricedBy: [...new Set(rates.flatMap(({ where }) => Object.keys(where ?? {})))],
  };
}
