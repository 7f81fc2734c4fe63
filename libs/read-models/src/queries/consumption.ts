import { DAY_MS, HOUR_MS } from '@app/metering';
import { addSums, isNothing, noSums, subtractSums, type Sums } from '../usage-lane/sums.js';
import { scanAccount } from './segment-scan.js';
import type { Snapshot } from './snapshot-reader.js';
import { totalsByMeter, totalsByOrganisation } from './totals.js';
import { UsageGroups } from './usage-groups.js';
import { valueSums } from './value-sums.js';

/** A range of usage time on whole hours, `toMs` exclusive. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Usage of a range by the values of one dimension; null is usage without one. */
export type Consumption = ReadonlyMap<string | null, Sums>;

/** Whole days of a range, and the hours before and behind them. */
interface Parts {
  readonly firstDay: number;
  /** Exclusive. */
  readonly lastDay: number;
  readonly edges: readonly Range[];
}

export function partsOf({ fromMs, toMs }: Range): Parts {
  const firstDay = Math.ceil(fromMs / DAY_MS);
  const lastDay = Math.floor(toMs / DAY_MS);
  if (firstDay > lastDay) return { firstDay: 0, lastDay: 0, edges: [{ fromMs, toMs }] };
  const edges = [
    { fromMs, toMs: firstDay * DAY_MS },
    { fromMs: lastDay * DAY_MS, toMs },
  ].filter((edge) => edge.fromMs < edge.toMs);
  return { firstDay, lastDay, edges };
}

const hoursOf = ({ fromMs, toMs }: Range, day: number): readonly [number, number] => [
  (fromMs - day * DAY_MS) / HOUR_MS,
  (toMs - day * DAY_MS) / HOUR_MS,
];

/** One account's usage by `by` (a dimension or `meter`), of one meter or all. */
export async function consumptionOf(
  snapshot: Snapshot,
  account: number,
  range: Range,
  { by, meter }: { readonly by: string; readonly meter: string | undefined },
): Promise<Consumption> {
  const { firstDay, lastDay, edges } = partsOf(range);
  const found = new Map<string | null, Sums>();
  if (firstDay < lastDay) {
    const asked = { meter: meter ?? null, isByDay: false };
    const days = { firstDay, lastDay };
    const totals = await totalsByMeter(snapshot, account, days, asked);
    if (by === 'meter') for (const total of totals) addSums(sumsAt(found, total.meter), total.sums);
    else {
      const values = await valueSums(snapshot, account, days, { ...asked, dimension: by, value: null });
      for (const { value, sums } of values) addSums(sumsAt(found, value), sums);
      addRest(found, totals, values);
    }
  }
  const grouping = { groupBy: [by], filter: meter === undefined ? {} : { meter } };
  for (const edge of edges) {
    const day = Math.floor(edge.fromMs / DAY_MS);
    const groups = new UsageGroups(grouping);
    for await (const { segment } of scanAccount(snapshot, account, { firstDay: day, lastDay: day }))
      groups.add(segment, ...hoursOf(edge, day));
    for (const { values, sums } of groups.sorted) addSums(sumsAt(found, values[0] ?? null), sums);
  }
  return found;
}

/** All accounts' usage by organisation, of one meter or all. */
export async function consumptionByOrganisation(
  snapshot: Snapshot,
  range: Range,
  meter: string | undefined,
): Promise<Consumption> {
  const { firstDay, lastDay, edges } = partsOf(range);
  const parts = edges.map((edge) => {
    const day = Math.floor(edge.fromMs / DAY_MS);
    const [fromHour, toHour] = hoursOf(edge, day);
    return { firstDay: day, lastDay: day + 1, fromHour, toHour };
  });
  const found = new Map<string | null, Sums>();
  for (const part of [{ firstDay, lastDay }, ...parts])
    for (const [organisation, sums] of await totalsByOrganisation(snapshot, part, meter ?? null))
      addSums(sumsAt(found, organisation), sums);
  return found;
}

function sumsAt(found: Map<string | null, Sums>, value: string | null): Sums {
  let sums = found.get(value);
  if (sums === undefined) found.set(value, (sums = noSums()));
  return sums;
}

type Summed = Iterable<{ readonly sums: Readonly<Sums> }>;

/** What the totals hold beyond all values is usage without the dimension. */
function addRest(found: Map<string | null, Sums>, totals: Summed, values: Summed): void {
  const rest = noSums();
  for (const { sums } of totals) addSums(rest, sums);
  for (const { sums } of values) subtractSums(rest, sums);
  if (!isNothing(rest)) addSums(sumsAt(found, null), rest);
}
