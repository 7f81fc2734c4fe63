import type { PoolClient } from 'pg';
import { Statement } from '../sql-text.js';
import { toStoredOrNull } from '../stored-text.js';
import { byteaArray, int4Array, int8Array, textArray } from '../columns/array-parameter.js';
import type { SealedUsage } from './sealed-usage.js';
import { encodeSegment } from './segment-codec.js';
import { Segment } from './segment.js';
import type { CycleMeters } from './cycle-meters.js';
import type { KeptRows } from './kept-rows.js';
import type { MeterTotals } from './meter-totals.js';
import { sumsByValue } from './sums-by-value.js';
import type { UsedWindow } from './usage-window.js';
import { WindowSegments } from './window-segments.js';
import { writeCycles } from './write-cycles.js';
import { writeTotals } from './write-totals.js';

const UPSERT_ACCOUNTS = new Statement('upsert-usage-accounts');
const INSERT_SEGMENTS = new Statement('insert-usage-segments');

/** Rows that windows add to. */
export interface UsageRowsKept {
  readonly totals: KeptRows<MeterTotals>;
  readonly cycles: KeptRows<CycleMeters>;
}

/** Writes a window's rows. */
export async function writeUsage(
  client: PoolClient,
  schema: string,
  sealed: SealedUsage,
  kept: UsageRowsKept,
): Promise<void> {
  if (sealed.accounts.length === 0) return;
  const numbers = await upsertAccounts(client, schema, sealed);
  const { window } = sealed;
  const used = Array.from(window.accounts.values(), (usage) => ({
    usage,
    account: numbers.get(usage.account.organisation) ?? 0,
  }));
  await writeTotals(client, schema, { window, used }, kept.totals);
  await writeSegments(client, schema, sealed, used);
  await writeCycles(client, schema, { window, used }, kept.cycles);
}

async function upsertAccounts(client: PoolClient, schema: string, sealed: SealedUsage): Promise<Map<string, number>> {
  const { accounts } = sealed;
  const values = [
    textArray(accounts, ({ organisation }) => organisation),
    int8Array(accounts, ({ revision }) => revision),
    int8Array(accounts, ({ ledgerTimeMs }) => ledgerTimeMs),
    int8Array(accounts, ({ cycleStartMs }) => cycleStartMs),
    int8Array(accounts, ({ cycleEndMs }) => cycleEndMs),
    textArray(accounts, ({ fault }) => toStoredOrNull(fault)),
  ];
  const upsert = UPSERT_ACCOUNTS.prepared(schema, values);
  const { rows } = await client.query<{ id: number; organisation: string }>(upsert);
  return new Map(rows.map(({ id, organisation }) => [organisation, id]));
}

async function writeSegments(
  client: PoolClient,
  schema: string,
  { window, sequence, sumsRowsMin }: SealedUsage,
  used: UsedWindow['used'],
): Promise<void> {
  const segments = new WindowSegments(window);
  const byValue = new Segment();
  const rows = used.flatMap(({ account, usage }) =>
    Array.from(usage.days, ([day, runs]) => {
      const segment = segments.of(runs);
      const data = encodeSegment(segment, false);
      const sums = segment.rows < sumsRowsMin ? null : encodeSegment(sumsByValue(segment, byValue), false);
      return { account, day, data, sums };
    }),
  );
  if (rows.length === 0) return;
  const values = [
    int4Array(rows, ({ account }) => account),
    int4Array(rows, ({ day }) => day),
    sequence,
    byteaArray(rows, ({ data }) => data),
    byteaArray(rows, ({ sums }) => sums),
  ];
  await client.query(INSERT_SEGMENTS.prepared(schema, values));
}
