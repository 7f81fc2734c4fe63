import { DAY_MS, HOUR_MS } from '@app/metering';
import { Statement } from '../sql-text.js';
import { fromStored, toStored } from '../stored-text.js';
import { addSums, noSums, type Sums } from '../usage-lane/sums.js';
import { scanAccount, scanDay, type ScannedSegment } from './segment-scan.js';
import type { Snapshot } from './snapshot-reader.js';
import { UsageGroups } from './usage-groups.js';

/** A range of usage time on whole hours, `toMs` exclusive. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Usage of a range by the values of one dimension; null is usage without one. */
export type Consumption = ReadonlyMap<string | null, Sums>;

interface SumRow {
  readonly value: string;
  readonly events: bigint;
  readonly first_events: bigint;
  readonly quantity: string;
  readonly credits: string;
}

const BY_VALUE = new Statement('sum-days-by-value');
const BY_ORGANISATION = new Statement('sum-days-by-organisation');

/** Whole days of a range, from the daily rollups, and the hours before and behind them, from segments. */
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
    const totals = await sumDays(snapshot, [account, firstDay, lastDay, 0, meter ?? null]);
    if (by === 'meter') addAll(found, totals);
    else {
      const dimension = await textId(snapshot, by);
      const values =
        dimension === undefined ? [] : await sumDays(snapshot, [account, firstDay, lastDay, dimension, meter ?? null]);
      addAll(found, values);
      addRest(found, totals, values);
    }
  }
  const grouping = { groupBy: [by], filter: meter === undefined ? {} : { meter } };
  for (const edge of edges) {
    const day = Math.floor(edge.fromMs / DAY_MS);
    const groups = new UsageGroups(grouping);
    for await (const { columns } of scanAccount(snapshot, account, { firstDay: day, lastDay: day }))
      groups.add(columns, ...hoursOf(edge, day));
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
  const { client, usage } = snapshot;
  const { firstDay, lastDay, edges } = partsOf(range);
  const found = new Map<string | null, Sums>();
  if (firstDay < lastDay) {
    const { rows } = await client.query<SumRow>(BY_ORGANISATION.in(usage.schema), [firstDay, lastDay, meter ?? null]);
    addAll(found, rows.map(toSums));
  }
  for (const edge of edges) await addEdge(snapshot, edge, meter, found);
  return found;
}

async function addEdge(
  snapshot: Snapshot,
  edge: Range,
  meter: string | undefined,
  found: Map<string | null, Sums>,
): Promise<void> {
  const day = Math.floor(edge.fromMs / DAY_MS);
  const byAccount = new Map<number, Sums>();
  const add = ({ account, columns }: ScannedSegment): void => {
    const groups = new UsageGroups({ groupBy: [], filter: meter === undefined ? {} : { meter } });
    groups.add(columns, ...hoursOf(edge, day));
    for (const { sums } of groups.sorted) {
      const own = byAccount.get(account) ?? noSums();
      byAccount.set(account, own);
      addSums(own, sums);
    }
  };
  for await (const segment of scanDay(snapshot, day)) add(segment);
  const { rows } = await snapshot.client.query<{ id: number; organisation: string }>(
    `select id, organisation from ${snapshot.usage.schema}.usage_accounts where id = any ($1::integer[])`,
    [[...byAccount.keys()]],
  );
  for (const { id, organisation } of rows) addSums(sumsAt(found, organisation), byAccount.get(id) ?? noSums());
}

type Named = readonly [value: string, sums: Sums];

const toSums = (row: SumRow): Named => [
  fromStored(row.value),
  {
    events: Number(row.events),
    firstEvents: Number(row.first_events),
    quantityNanos: BigInt(row.quantity),
    creditsNanos: BigInt(row.credits),
  },
];

async function sumDays(
  { client, usage }: Snapshot,
  values: readonly (number | string | null)[],
): Promise<readonly Named[]> {
  const { rows } = await client.query<SumRow>(BY_VALUE.in(usage.schema), [...values]);
  return rows.map(toSums);
}

/** The number of a text in the usage lane; undefined where no usage has it. */
export async function textId({ client, usage }: Snapshot, text: string): Promise<number | undefined> {
  const { rows } = await client.query<{ id: number }>(`select id from ${usage.schema}.texts where content = $1`, [
    toStored(text),
  ]);
  return rows[0]?.id;
}

function sumsAt(found: Map<string | null, Sums>, value: string | null): Sums {
  let sums = found.get(value);
  if (sums === undefined) found.set(value, (sums = noSums()));
  return sums;
}

function addAll(found: Map<string | null, Sums>, rows: readonly Named[]): void {
  for (const [value, sums] of rows) addSums(sumsAt(found, value), sums);
}

/** What the totals hold beyond all values is usage without the dimension. */
function addRest(found: Map<string | null, Sums>, totals: readonly Named[], values: readonly Named[]): void {
  const rest = noSums();
  for (const [, sums] of totals) addSums(rest, sums);
  for (const [, { events, firstEvents, quantityNanos, creditsNanos }] of values)
    addSums(rest, {
      events: -events,
      firstEvents: -firstEvents,
      quantityNanos: -quantityNanos,
      creditsNanos: -creditsNanos,
    });
  if (rest.events !== 0 || rest.creditsNanos !== 0n || rest.quantityNanos !== 0n) addSums(sumsAt(found, null), rest);
}
