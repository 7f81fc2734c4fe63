import { isJsonObject } from '../json/json-value.js';
import { parseTime } from '../time/rfc3339.js';
import type { FieldError } from '../usage-event/usage-event.js';
import { CATALOG_LIMITS, VERSION_LEAD_MS } from './catalog-limits.js';
import type { CatalogDocument, MeterDocument, RateCardDocument } from './catalog-schema.js';
import { ErrorList } from './error-list.js';

/**
 * What `next` changes of what is effective and published under `previous`; empty when it may follow it at `nowMs`.
 * What no charged usage can have met may be added: meters, factor values, rates at the end of a version's list,
 * versions that start at least 60 s ahead. Both documents are valid. Source: semantics, Catalog.
 */
export function checkSuccession(previous: CatalogDocument, next: CatalogDocument, nowMs: number): FieldError[] {
  const errors = new ErrorList(CATALOG_LIMITS.errorsMax);
  for (const dimension of previous.dimensions) {
    if (!next.dimensions.includes(dimension)) errors.add(['dimensions'], 'Removed', `dimension ${dimension} is in use`);
  }
  kept(previous.pools, next.pools, { field: 'pools', errors });
  kept(previous.meters, next.meters, { field: 'meters', errors }, (before, after, at) =>
    checkMeter(before, after, at, errors),
  );
  kept(previous.plans, next.plans, { field: 'plans', errors }, (before, after, at) => {
    if (before.rateCard !== after.rateCard) {
      errors.add(['plans', at, 'rateCard'], 'Changed', "a plan's rate card prices what was used: add a plan instead");
    }
  });
  kept(previous.packages ?? [], next.packages ?? [], { field: 'packages', errors });
  kept(previous.rateCards, next.rateCards, { field: 'rateCards', errors }, (before, after, at) =>
    checkCard({ before, after, path: ['rateCards', at, 'versions'], nowMs }, errors),
  );
  return errors.items;
}

/** Everything published is still there, by its key. */
function kept<Item extends { readonly key: string }>(
  before: readonly Item[],
  after: readonly Item[],
  into: { readonly field: string; readonly errors: ErrorList },
  compare?: (before: Item, after: Item, at: number) => void,
): void {
  const { field, errors } = into;
  const positions = new Map(after.map((item, at) => [item.key, at]));
  for (const item of before) {
    const at = positions.get(item.key);
    const successor = at === undefined ? undefined : after[at];
    if (at === undefined || successor === undefined) errors.add([field], 'Removed', `${item.key} may have been used`);
    else compare?.(item, successor, at);
  }
}

function checkMeter(before: MeterDocument, after: MeterDocument, at: number, errors: ErrorList): void {
  const { factor: factorBefore, ...restBefore } = before;
  const { factor: factorAfter, ...restAfter } = after;
  const isSame = isEqual(restBefore, restAfter) && factorBefore?.by === factorAfter?.by;
  if (!isSame) errors.add(['meters', at], 'Changed', "a meter's definition never changes: add a meter instead");
  const valuesAfter = new Map(Object.entries(factorAfter?.values ?? {}));
  for (const [value, factor] of Object.entries(factorBefore?.values ?? {})) {
    if (valuesAfter.get(value) !== factor) {
      errors.add(['meters', at, 'factor', 'values', value], 'Changed', 'a factor may have been used');
    }
  }
}

interface CardChange {
  readonly before: RateCardDocument;
  readonly after: RateCardDocument;
  readonly path: readonly PropertyKey[];
  readonly nowMs: number;
}

/** A version that starts less than 60 s ahead, or has started, stands as published; a later one may still be changed. */
function checkCard(change: CardChange, errors: ErrorList): void {
  const fixedUntilMs = change.nowMs + VERSION_LEAD_MS;
  const published = new Map(change.before.versions.map((version) => [parseTime(version.effectiveFrom), version]));
  const seen = new Set<number | undefined>();
  change.after.versions.forEach((version, at) => {
    const fromMs = parseTime(version.effectiveFrom);
    seen.add(fromMs);
    const before = published.get(fromMs);
    if (fromMs === undefined || fromMs >= fixedUntilMs) return;
    if (before === undefined) {
      errors.add([...change.path, at, 'effectiveFrom'], 'TooSoon', 'a new version starts at least 60 seconds ahead');
      return;
    }
    before.rates.forEach((rate, rateAt) => {
      const after = version.rates[rateAt];
      if (after === undefined || !isEqual(rate, after)) {
        errors.add([...change.path, at, 'rates', rateAt], 'Changed', 'the rates of an effective version never change');
      }
    });
  });
  for (const [fromMs, version] of published) {
    if (fromMs === undefined || fromMs >= fixedUntilMs || seen.has(fromMs)) continue;
    errors.add(change.path, 'Removed', `the version of ${version.effectiveFrom} is effective`);
  }
}

/** Equal content, whatever the order of keys. Both come from a validated document, which bounds their depth. */
function isEqual(one: unknown, other: unknown): boolean {
  return orderedText(one) === orderedText(other);
}

function orderedText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(orderedText).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).toSorted();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${orderedText(value[key])}`).join(',')}}`;
}
