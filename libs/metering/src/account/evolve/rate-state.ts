import type { SeriesPoint } from '../account-events.js';
import type { AccountState, RateState } from '../account-state.js';

/** The rate's state in a cycle, made when usage first meets it, and copied once per draft before it is written. */
export function rateStateOf(state: AccountState, cycleStartMs: number, rate: string): RateState {
  let rates = state.rates.get(cycleStartMs);
  if (rates === undefined || !isOwned(state, rates)) {
    rates = own(state, new Map(rates));
    state.rates.set(cycleStartMs, rates);
  }
  let found = rates.get(rate);
  if (found === undefined || !isOwned(state, found)) {
    found = own(state, found === undefined ? emptyRate() : copyRate(found));
    rates.set(rate, found);
  }
  return found;
}

const emptyRate = (): RateState => ({ units: 0n, values: null, series: null, draws: null, gauge: null });

/** Values and series only ever grow, so a draft shares them: an account whose draft is thrown away is loaded again. */
const copyRate = (rate: RateState): RateState => ({
  ...rate,
  draws: rate.draws === null ? null : rate.draws.map((draw) => ({ ...draw })),
});

const isOwned = (state: AccountState, part: object): boolean => state.owned === null || state.owned.has(part);

function own<T extends object>(state: AccountState, part: T): T {
  state.owned?.add(part);
  return part;
}

/** Order of points of a series: usage time, then event time, then (source, id) by code point. */
export function comparePoints(a: SeriesPoint, b: SeriesPoint): number {
  return (
    a.usageTimeMs - b.usageTimeMs || a.timeMs - b.timeMs || compareText(a.source, b.source) || compareText(a.id, b.id)
  );
}

/** By code point: surrogates sort above the rest of the basic plane, as they do in UTF-8. */
function compareText(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const difference = rankOf(a.charCodeAt(i)) - rankOf(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

const rankOf = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);

/** Puts a point into its series; answers the change of the sum of the series' newest values. */
export function putLatest(rate: RateState, point: SeriesPoint): { deltaUnits: bigint; isKept: boolean } {
  rate.series ??= new Map();
  const old = rate.series.get(point.series)?.[0];
  if (old !== undefined && comparePoints(point, old) < 0) return { deltaUnits: 0n, isKept: false };
  rate.series.set(point.series, [point]);
  return { deltaUnits: point.valueUnits - (old?.valueUnits ?? 0n), isKept: true };
}

/**
 * Puts a sample into its series; answers the change of the integral from the first sample to the latest (value units
 * times milliseconds). In a cycle that has ended the last value holds up to `endMs`.
 */
export function putSample(rate: RateState, point: SeriesPoint, endMs: number | undefined): bigint {
  rate.series ??= new Map();
  const points = rate.series.get(point.series) ?? [];
  rate.series.set(point.series, points);
  let at = points.length;
  while (at > 0 && comparePoints(point, points[at - 1] ?? point) < 0) at--;
  const before = points[at - 1];
  const after = points[at];
  points.splice(at, 0, point);
  const untilMs = after?.usageTimeMs ?? endMs;
  if (untilMs === undefined) {
    return before === undefined ? 0n : before.valueUnits * BigInt(point.usageTimeMs - before.usageTimeMs);
  }
  return (point.valueUnits - (before?.valueUnits ?? 0n)) * BigInt(untilMs - point.usageTimeMs);
}
