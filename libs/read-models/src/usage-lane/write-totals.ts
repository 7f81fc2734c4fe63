import type { PoolClient } from 'pg';
import { int4Array, textArray } from '../columns/array-parameter.js';
import { Statement } from '../sql-text.js';
import { fromStored } from '../stored-text.js';
import type { KeptRows, RowKey } from './kept-rows.js';
import { FIGURES, MeterTotals } from './meter-totals.js';
import type { UsedWindow } from './usage-window.js';

const LOAD = new Statement('load-usage-totals');
const UPSERT = new Statement('upsert-usage-totals');

const HOURS = 24;
/** In `usage_totals`, the hour that stands for the whole day. */
const WHOLE_DAY = HOURS;
/** Rows of a day. */
const ROWS_A_DAY = HOURS + 1;

const dayOf = (key: number): number => Math.floor(key / ROWS_A_DAY);
const hourOf = (key: number): number => key - dayOf(key) * ROWS_A_DAY;

/** The rows of an hour since the epoch and of its day. */
function keysOf(hour: number): readonly [hour: number, day: number] {
  const day = Math.floor(hour / HOURS);
  return [hour + day, day * ROWS_A_DAY + WHOLE_DAY];
}

/** Adds a window's usage to the totals of its hours and days. */
export async function writeTotals(
  client: PoolClient,
  schema: string,
  { window, used }: UsedWindow,
  kept: KeptRows<MeterTotals>,
): Promise<void> {
  kept.makeRoom();
  await load(client, schema, missingIn(used, kept), kept);
  const written = new Map<MeterTotals, RowKey>();
  for (const { account, usage } of used)
    for (const [hour, totals] of usage.totals)
      for (const key of keysOf(hour)) {
        const row = kept.get(account, key);
        if (row === undefined) throw new Error('a row of totals was neither kept nor loaded');
        row.add(kept.sums, totals, window.sums);
        written.set(row, { account, key });
      }
  if (written.size === 0) return;
  const rows = [...written.keys()];
  const values = [
    ...placesOf([...written.values()]),
    textArray(rows, (row) => row.meters),
    textArray(rows, (row) => row.figures(kept.sums)),
  ];
  await client.query(UPSERT.prepared(schema, values));
}

const placesOf = (keys: readonly RowKey[]): Buffer[] => [
  int4Array(keys, ({ account }) => account),
  int4Array(keys, ({ key }) => dayOf(key)),
  int4Array(keys, ({ key }) => hourOf(key)),
];

function missingIn(used: UsedWindow['used'], kept: KeptRows<MeterTotals>): RowKey[] {
  const missing: RowKey[] = [];
  for (const { account, usage } of used)
    for (const hour of usage.totals.keys())
      for (const key of keysOf(hour)) {
        if (kept.get(account, key) !== undefined) continue;
        missing.push({ account, key });
        kept.set({ account, key }, new MeterTotals());
      }
  return missing;
}

interface TotalsRow {
  readonly account: number;
  readonly day: number;
  readonly hour: number;
  readonly meters: readonly string[];
  /** Of each meter as many as `FIGURES`. */
  readonly figures: readonly string[];
}

/** Fills rows that were made empty with what the table has of them. */
async function load(
  client: PoolClient,
  schema: string,
  missing: readonly RowKey[],
  kept: KeptRows<MeterTotals>,
): Promise<void> {
  if (missing.length === 0) return;
  const { rows } = await client.query<TotalsRow>(LOAD.in(schema), placesOf(missing));
  for (const { account, day, hour, meters, figures } of rows) {
    const row = kept.get(account, day * ROWS_A_DAY + hour);
    for (const [index, meter] of meters.entries())
      row?.read(fromStored(meter), figures.slice(index * FIGURES, (index + 1) * FIGURES), kept.sums);
  }
}
