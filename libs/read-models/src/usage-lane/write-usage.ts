import type { PoolClient } from 'pg';
import { Statement } from '../sql-text.js';
import { toStoredOrNull } from '../stored-text.js';
import { NumberArrays } from '../columns/number-arrays.js';
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
  const { rows } = await client.query<{ id: number; organisation: string }>(UPSERT_ACCOUNTS.in(schema), [
    accounts.map(({ organisation }) => organisation),
    accounts.map(({ revision }) => revision),
    accounts.map(({ ledgerTimeMs }) => ledgerTimeMs),
    accounts.map(({ cycleStartMs }) => cycleStartMs),
    accounts.map(({ cycleEndMs }) => cycleEndMs),
    accounts.map(({ fault }) => toStoredOrNull(fault)),
  ]);
  return new Map(rows.map(({ id, organisation }) => [organisation, id]));
}

/** The segments' bytes lie behind each other in one parameter, each one's sums behind its data. */
async function writeSegments(
  client: PoolClient,
  schema: string,
  { window, sequence, sumsRowsMin }: SealedUsage,
  used: UsedWindow['used'],
): Promise<void> {
  const rows = new NumberArrays(5);
  const parts: Buffer[] = [];
  let startsAt = 1;
  const segments = new WindowSegments(window);
  const sums = new Segment();
  for (const { account, usage } of used)
    for (const [day, runs] of usage.days) {
      const segment = segments.of(runs);
      const data = encodeSegment(segment, false);
      const added = segment.rows < sumsRowsMin ? NOTHING : encodeSegment(sumsByValue(segment, sums), false);
      rows.add([account, day, startsAt, data.length, added.length]);
      parts.push(data, added);
      startsAt += data.length + added.length;
    }
  if (parts.length > 0)
    await client.query(INSERT_SEGMENTS.in(schema), [...rows.values, sequence, Buffer.concat(parts)]);
}

const NOTHING = Buffer.alloc(0);
