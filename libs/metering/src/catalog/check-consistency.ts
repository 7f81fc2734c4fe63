import { parseQuantity } from '../amounts/quantity.js';
import { parseTime } from '../time/rfc3339.js';
import type { CatalogDocument, MeterDocument, PackageDocument, PlanDocument, RateDocument } from './catalog-schema.js';
import type { ErrorList } from './error-list.js';

type Path = readonly PropertyKey[];

interface Names {
  readonly dimensions: ReadonlySet<string>;
  readonly pools: ReadonlySet<string>;
  readonly meters: ReadonlySet<string>;
  readonly cards: ReadonlySet<string>;
}

/** What the fields of a catalog say of each other: references, duplicates, order, and which fields go together. */
export function checkConsistency(document: CatalogDocument, errors: ErrorList): void {
  const names: Names = {
    dimensions: unique(document.dimensions, (at) => ['dimensions', at], errors),
    pools: unique(keysOf(document.pools), (at) => ['pools', at, 'key'], errors),
    meters: unique(keysOf(document.meters), (at) => ['meters', at, 'key'], errors),
    cards: unique(keysOf(document.rateCards), (at) => ['rateCards', at, 'key'], errors),
  };
  unique(keysOf(document.plans), (at) => ['plans', at, 'key'], errors);
  unique(keysOf(document.packages ?? []), (at) => ['packages', at, 'key'], errors);
  document.meters.forEach((meter, at) => checkMeter(meter, ['meters', at], names, errors));
  document.rateCards.forEach((card, at) => checkVersions(card.versions, ['rateCards', at, 'versions'], names, errors));
  document.plans.forEach((plan, at) => checkPlan(plan, ['plans', at], names, errors));
  const defaults = document.plans.map((plan, at) => (plan.default === true ? at : -1)).filter((at) => at >= 0);
  for (const at of defaults.slice(1)) errors.add(['plans', at, 'default'], 'Duplicate', 'one plan is the default');
  (document.packages ?? []).forEach((each, at) => checkPackage(each, ['packages', at], names, errors));
}

function checkMeter(meter: MeterDocument, path: Path, names: Names, errors: ErrorList): void {
  const { aggregation, value } = meter;
  if (aggregation === 'count') {
    if (value !== undefined) errors.add([...path, 'value'], 'NotApplicable', 'a count has no value');
    if (meter.factor !== undefined) errors.add([...path, 'factor'], 'NotApplicable', 'a count has no factor');
  } else if (value === undefined) errors.add([...path, 'value'], 'Required', `a meter of ${aggregation} needs a value`);
  if (aggregation === 'unique') {
    if (value !== undefined && typeof value !== 'string') {
      errors.add([...path, 'value'], 'NotApplicable', 'distinct values are those of one field');
    }
    if (meter.factor !== undefined) errors.add([...path, 'factor'], 'NotApplicable', 'distinct values have no factor');
  }
  if (aggregation === 'time-weighted') {
    if (meter.per === undefined)
      errors.add([...path, 'per'], 'Required', 'a gauge is integrated per second, minute, hour, day or month');
  } else if (meter.per !== undefined)
    errors.add([...path, 'per'], 'NotApplicable', 'only a time-weighted meter has per');
  if (meter.factor !== undefined) {
    known(meter.factor.by, names.dimensions, { path: [...path, 'factor', 'by'], kind: 'dimension' }, errors);
  }
  if (meter.series === undefined) return;
  if (aggregation !== 'latest' && aggregation !== 'time-weighted') {
    errors.add([...path, 'series'], 'NotApplicable', 'only latest and time-weighted meters have series');
  }
  unique(meter.series, (at) => [...path, 'series', at], errors);
  meter.series.forEach((name, at) =>
    known(name, names.dimensions, { path: [...path, 'series', at], kind: 'dimension' }, errors),
  );
}

function checkVersions(
  versions: CatalogDocument['rateCards'][number]['versions'],
  path: Path,
  names: Names,
  errors: ErrorList,
): void {
  let previousMs = -Infinity;
  versions.forEach((version, at) => {
    const fromMs = parseTime(version.effectiveFrom) ?? Number.NaN;
    if (!(fromMs > previousMs))
      errors.add([...path, at, 'effectiveFrom'], 'NotAscending', 'versions are in order of time');
    previousMs = fromMs;
    const seen = new Set<string>();
    version.rates.forEach((rate, rateAt) => {
      const ratePath = [...path, at, 'rates', rateAt];
      checkRate(rate, ratePath, names, errors);
      const match = JSON.stringify([
        rate.meter,
        Object.entries(rate.where ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1)),
      ]);
      if (seen.has(match)) errors.add(ratePath, 'Duplicate', 'an earlier rate has the same meter and where');
      seen.add(match);
    });
  });
}

function checkRate(rate: RateDocument, path: Path, names: Names, errors: ErrorList): void {
  known(rate.meter, names.meters, { path: [...path, 'meter'], kind: 'meter' }, errors);
  known(rate.pool, names.pools, { path: [...path, 'pool'], kind: 'pool' }, errors);
  for (const dimension of Object.keys(rate.where ?? {})) {
    known(dimension, names.dimensions, { path: [...path, 'where', dimension], kind: 'dimension' }, errors);
  }
  if ('tiers' in rate.price) checkTiers(rate.price.tiers, [...path, 'price', 'tiers'], errors);
}

function checkTiers(tiers: readonly { readonly upTo?: string | undefined }[], path: Path, errors: ErrorList): void {
  let previous = 0n;
  tiers.forEach((tier, at) => {
    const isLast = at === tiers.length - 1;
    if (tier.upTo === undefined) {
      if (!isLast) errors.add([...path, at, 'upTo'], 'Required', 'only the last tier is open');
      return;
    }
    if (isLast) errors.add([...path, at, 'upTo'], 'NotOpen', 'the last tier is open: it has no upTo');
    const upTo: bigint = parseQuantity(tier.upTo) ?? 0n;
    if (upTo <= previous) errors.add([...path, at, 'upTo'], 'NotAscending', 'tiers ascend');
    previous = upTo;
  });
}

function checkPlan(plan: PlanDocument, path: Path, names: Names, errors: ErrorList): void {
  known(plan.rateCard, names.cards, { path: [...path, 'rateCard'], kind: 'rate card' }, errors);
  const included = plan.included ?? [];
  unique(
    included.map((each) => each.pool),
    (at) => [...path, 'included', at, 'pool'],
    errors,
  );
  included.forEach((each, at) => {
    known(each.pool, names.pools, { path: [...path, 'included', at, 'pool'], kind: 'pool' }, errors);
    const { rollover } = each;
    if (rollover?.model !== 'capped') return;
    const rolloverPath = [...path, 'included', at, 'rollover'];
    if (rollover.max !== undefined && rollover.share !== undefined) {
      errors.add([...rolloverPath, 'share'], 'NotApplicable', 'a cap is a max or a share');
    } else if (rollover.max === undefined && rollover.share === undefined && rollover.cycles === undefined) {
      errors.add([...rolloverPath, 'max'], 'Required', 'a capped rollover has a max, a share or cycles');
    }
  });
  plan.welcome?.forEach((each, at) =>
    known(each.pool, names.pools, { path: [...path, 'welcome', at, 'pool'], kind: 'pool' }, errors),
  );
  for (const field of ['negativeLimit', 'startThreshold'] as const) {
    for (const pool of Object.keys(plan[field] ?? {})) {
      known(pool, names.pools, { path: [...path, field, pool], kind: 'pool' }, errors);
    }
  }
}

function checkPackage(each: PackageDocument, path: Path, names: Names, errors: ErrorList): void {
  known(each.pool, names.pools, { path: [...path, 'pool'], kind: 'pool' }, errors);
  if ('tiers' in each.price) {
    if (each.credits !== undefined)
      errors.add([...path, 'credits'], 'NotApplicable', 'by volume, the quantity is the credits');
    checkTiers(each.price.tiers, [...path, 'price', 'tiers'], errors);
  } else {
    if (each.credits === undefined) errors.add([...path, 'credits'], 'Required', 'credits is missing');
    for (const field of ['minQuantity', 'maxQuantity'] as const) {
      if (each[field] !== undefined) errors.add([...path, field], 'NotApplicable', `${field} is for a price by volume`);
    }
  }
  const least: bigint = parseQuantity(each.minQuantity ?? '0') ?? 0n;
  const most: bigint | undefined = each.maxQuantity === undefined ? undefined : parseQuantity(each.maxQuantity);
  if (most !== undefined && most < least)
    errors.add([...path, 'maxQuantity'], 'OutOfRange', 'maxQuantity is below minQuantity');
}

function known(
  name: string,
  names: ReadonlySet<string>,
  at: { readonly path: Path; readonly kind: string },
  errors: ErrorList,
): void {
  if (!names.has(name))
    errors.add(at.path, 'UnknownReference', `the catalog has no ${at.kind} ${JSON.stringify(name)}`);
}

function unique(names: readonly string[], pathOf: (at: number) => Path, errors: ErrorList): Set<string> {
  const seen = new Set<string>();
  names.forEach((name, at) => {
    if (seen.has(name)) errors.add(pathOf(at), 'Duplicate', `${JSON.stringify(name)} stands twice`);
    seen.add(name);
  });
  return seen;
}

function keysOf(items: readonly { readonly key: string }[]): string[] {
  return items.map((item) => item.key);
}
