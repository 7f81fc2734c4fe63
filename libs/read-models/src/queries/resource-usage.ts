import { DAY_MS, formatCredits, formatQuantity, formatTime } from '@app/metering';
import { compareKeys } from '../compare-keys.js';
import { addSums } from '../usage-lane/sums.js';
import type { AsOf } from './answers.js';
import type { Snapshot } from './snapshot-reader.js';
import { findUsageAccount } from './usage-account.js';
import { valueSums, type ValueSums } from './value-sums.js';

/** Days of usage of which one dimension's values are wanted; the whole history where a bound is absent. */
export interface ResourceUsageRequest {
  readonly dimension: string;
  /** On whole days, `toMs` exclusive. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** What one value of the dimension used of one meter. */
export interface ResourceMeterItem {
  readonly value: string;
  readonly meter: string;
  readonly events: number;
  readonly quantity: string;
  readonly creditsNanos: bigint;
  readonly credits: string;
  /** Start of the newest day with usage. */
  readonly lastActive: string;
}

export interface ResourceUsageAnswer {
  readonly asOf: AsOf;
  readonly items: readonly ResourceMeterItem[];
}

/** Usage by the values of one dimension and by meter, from the daily sums. Undefined for an account that does not exist. */
export async function listResourceUsage(
  snapshot: Snapshot,
  organisation: string,
  { dimension, fromMs, toMs }: ResourceUsageRequest,
): Promise<ResourceUsageAnswer | undefined> {
  const account = await findUsageAccount(snapshot, organisation);
  if (account === undefined || account.id === null)
    return account === undefined ? undefined : { asOf: account.asOf, items: [] };
  const days = { firstDay: dayOf(fromMs, FIRST_DAY), lastDay: dayOf(toMs, LAST_DAY) };
  const found = await valueSums(snapshot, account.id, days, { dimension, meter: null, value: null, isByDay: true });
  return { asOf: account.asOf, items: overDays(found).toSorted(byName).map(itemOf) };
}

const FIRST_DAY = -(2 ** 31);
const LAST_DAY = 2 ** 31 - 1;
const dayOf = (ms: number | undefined, otherwise: number): number =>
  ms === undefined ? otherwise : Math.floor(ms / DAY_MS);

/** The days of each value and meter as one: the newest. */
function overDays(found: readonly ValueSums[]): ValueSums[] {
  const merged = new Map<string, ValueSums>();
  for (const each of found) {
    const key = `${each.meter.length} ${each.meter} ${each.value}`;
    const sums = { ...each.sums };
    const known = merged.get(key);
    if (known !== undefined) addSums(sums, known.sums);
    merged.set(key, { ...each, day: Math.max(each.day, known?.day ?? each.day), sums });
  }
  return [...merged.values()];
}

/** By code points, as the database orders them. */
const byName = (one: ValueSums, other: ValueSums): number =>
  compareKeys([one.value, one.meter], [other.value, other.meter]);

const itemOf = ({ value, meter, day, sums }: ValueSums): ResourceMeterItem => ({
  value,
  meter,
  events: sums.events,
  quantity: formatQuantity(sums.quantityNanos),
  creditsNanos: sums.creditsNanos,
  credits: formatCredits(sums.creditsNanos),
  lastActive: formatTime(day * DAY_MS),
});
