import type { PoolClient } from 'pg';
import { int4Array, int8Array, textArray } from '../columns/array-parameter.js';
import { Statement } from '../sql-text.js';
import { CycleMeters } from './cycle-meters.js';
import type { KeptRows, RowKey } from './kept-rows.js';
import type { UsedWindow } from './usage-window.js';

const LOAD = new Statement('load-cycle-meters');
const UPSERT = new Statement('upsert-cycle-meters');

/** Adds a window's usage to the figures of its cycles. */
export async function writeCycles(
  client: PoolClient,
  schema: string,
  { window, used }: UsedWindow,
  kept: KeptRows<CycleMeters>,
): Promise<void> {
  kept.makeRoom();
  await load(client, schema, missingIn(used, kept), kept);
  const written: (RowKey & { readonly meters: string })[] = [];
  for (const { account, usage } of used)
    for (const [key, cycle] of usage.cycles) {
      const row = kept.get(account, key);
      if (row === undefined) throw new Error('the row of a cycle was neither kept nor loaded');
      row.add(kept.sums, cycle, window.sums);
      written.push({ account, key, meters: row.text(kept.sums) });
    }
  if (written.length === 0) return;
  const values = [...placesOf(written), textArray(written, ({ meters }) => meters)];
  await client.query(UPSERT.prepared(schema, values));
}

const placesOf = (keys: readonly RowKey[]): Buffer[] => [
  int4Array(keys, ({ account }) => account),
  int8Array(keys, ({ key }) => key),
];

function missingIn(used: UsedWindow['used'], kept: KeptRows<CycleMeters>): RowKey[] {
  const missing: RowKey[] = [];
  for (const { account, usage } of used)
    for (const key of usage.cycles.keys()) {
      if (kept.get(account, key) !== undefined) continue;
      missing.push({ account, key });
      kept.set({ account, key }, new CycleMeters());
    }
  return missing;
}

interface CycleRow {
  readonly account: number;
  readonly cycle_start_ms: bigint;
  readonly meters: string;
}

/** Fills rows that were made empty with what the table has of them. */
async function load(
  client: PoolClient,
  schema: string,
  missing: readonly RowKey[],
  kept: KeptRows<CycleMeters>,
): Promise<void> {
  if (missing.length === 0) return;
  const { rows } = await client.query<CycleRow>(LOAD.in(schema), placesOf(missing));
  for (const { account, cycle_start_ms: startMs, meters } of rows)
    kept.get(account, Number(startMs))?.read(meters, kept.sums);
}
