import type { Meter } from '../meters/meter.js';
import { Price } from '../rating/price.js';
import { parseTime } from '../time/rfc3339.js';
import type { DimensionLookup, Rate } from './catalog.js';
import type { RateCardDocument, RateDocument } from './catalog-schema.js';

/** A rate, and the dimension values that an event must have for it. */
export interface Candidate {
  readonly rate: Rate;
  readonly where: readonly (readonly [dimension: string, value: string])[];
  /** The same dimensions by their places in the catalog's list. */
  readonly wherePlaces: readonly number[];
}

/** One version of a rate card: candidates by meter key, in the order of the list. */
export interface CompiledVersion {
  readonly effectiveFromMs: number;
  readonly candidates: ReadonlyMap<string, readonly Candidate[]>;
}

/** The identity of a rate: meter, `where` sorted by dimension, and pool. Stable across versions and catalogs. */
export function rateKey(rate: RateDocument): string {
  return JSON.stringify([rate.meter, sortedWhere(rate), rate.pool]);
}

/** A card's versions, ascending by their time. */
export function compileRateCard(
  card: RateCardDocument,
  meters: ReadonlyMap<string, Meter>,
  dimensions: readonly string[],
): CompiledVersion[] {
  return card.versions.map((version) => {
    const effectiveFromMs = parseTime(version.effectiveFrom) ?? Number.NaN;
    const candidates = new Map<string, Candidate[]>();
    for (const document of version.rates) {
      const meter = meters.get(document.meter);
      if (meter === undefined) throw new RangeError(`rate of an unknown meter: ${document.meter}`);
      const rate: Rate = {
        key: rateKey(document),
        meter,
        pool: document.pool,
        price: new Price(document.price),
        rateCard: card.key,
        effectiveFromMs,
      };
      const where = sortedWhere(document);
      const candidate = { rate, where, wherePlaces: where.map(([dimension]) => dimensions.indexOf(dimension)) };
      const list = candidates.get(meter.key);
      if (list === undefined) candidates.set(meter.key, [candidate]);
      else list.push(candidate);
    }
    return { effectiveFromMs, candidates };
  });
}

/** The meter's candidates in the last version that is effective at `timeMs`. */
export function candidatesAt(
  versions: readonly CompiledVersion[],
  timeMs: number,
  meterKey: string,
): readonly Candidate[] {
  for (let at = versions.length - 1; at >= 0; at -= 1) {
    const version = versions[at];
    if (version !== undefined && version.effectiveFromMs <= timeMs)
      return version.candidates.get(meterKey) ?? NO_CANDIDATES;
  }
  return NO_CANDIDATES;
}

/** The first rate whose `where` these dimensions have. */
export function firstMatch(candidates: readonly Candidate[], dimensions: DimensionLookup): Rate | undefined {
  return candidates.find(({ where }) => where.every(([dimension, value]) => dimensions.get(dimension) === value))?.rate;
}

/** As `firstMatch`, of values that stand in the places of the catalog's dimensions. */
export function firstMatchInPlace(
  candidates: readonly Candidate[],
  values: readonly (string | undefined)[],
): Rate | undefined {
  for (const candidate of candidates) if (isInPlace(candidate, values)) return candidate.rate;
  return undefined;
}

function isInPlace({ where, wherePlaces }: Candidate, values: readonly (string | undefined)[]): boolean {
  for (let at = 0; at < where.length; at += 1) if (values[wherePlaces[at] ?? -1] !== where[at]?.[1]) return false;
  return true;
}

const NO_CANDIDATES: readonly Candidate[] = [];

function sortedWhere(rate: RateDocument): [string, string][] {
  return Object.entries(rate.where ?? {}).toSorted(([one], [other]) => (one < other ? -1 : 1));
}
