import type { PoolClient } from 'pg';
import { Statement } from '../sql-text.js';
import { toStored, toStoredOrNull, toWellFormed } from '../stored-text.js';
import { NumberColumns } from './columns.js';
import { encodeSegment } from './segment-codec.js';
import type { Sums } from './sums.js';
import type { TextIds } from './text-ids.js';
import type { AccountUsage, MeterDay, UsageWindow } from './usage-window.js';
import type { SealedUsage } from './sealed-usage.js';

const UPSERT_ACCOUNTS = new Statement('upsert-usage-accounts');
const UPSERT_DAYS = new Statement('upsert-usage-days');
const INSERT_SEGMENTS = new Statement('insert-usage-segments');
const UPSERT_CYCLES = new Statement('upsert-cycle-meters');

/** In `usage_days`, dimension and value of a meter's total. */
const TOTAL = 0;

/** Writes a window's rows. Returns the ids of its texts, to be kept when the transaction is committed. */
export async function writeUsage(
  client: PoolClient,
  schema: string,
  sealed: SealedUsage,
  texts: TextIds,
): Promise<ReadonlyMap<string, number>> {
  const { window } = sealed;
  if (sealed.accounts.length === 0) return new Map();
  const accounts = await upsertAccounts(client, schema, sealed);
  const ids = await texts.resolve(client, schema, textsOf(window));
  const used = Array.from(window.accounts.values(), (usage) => ({
    usage,
    account: accounts.get(usage.account.organisation) ?? 0,
  }));
  const place: Place = { window, used, ids };
  await writeDays(client, schema, place);
  await writeSegments(client, schema, place, sealed.sequence);
  await writeCycles(client, schema, place);
  return ids;
}

interface Place {
  readonly window: UsageWindow;
  readonly used: readonly { readonly usage: AccountUsage; readonly account: number }[];
  readonly ids: ReadonlyMap<string, number>;
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

function textsOf({ accounts, pairs }: UsageWindow): Set<string> {
  const texts = new Set<string>();
  for (let pair = 0; pair < pairs.size; pair++) {
    texts.add(pairs.nameOf(pairs.dimensionOf(pair)));
    texts.add(pairs.valueOf(pair));
  }
  for (const { days, cycles } of accounts.values()) {
    for (const { meters } of days.values()) for (const { meter } of meters.values()) texts.add(meter);
    for (const { meter, pool } of cycles.values()) {
      texts.add(meter);
      texts.add(pool);
    }
  }
  return texts;
}

function idOf(ids: ReadonlyMap<string, number>, text: string): number {
  // A lone surrogate is stored as U+FFFD.
  const id = ids.get(text) ?? ids.get(toWellFormed(text));
  if (id === undefined) throw new Error(`the text ${toStored(text)} has no id`);
  return id;
}

async function writeDays(client: PoolClient, schema: string, { window, used, ids }: Place): Promise<void> {
  const rows = new NumberColumns(9);
  const { pairs } = window;
  const valueIds = Array.from({ length: pairs.size }, (_, pair) => idOf(ids, pairs.valueOf(pair)));
  const dimensionIds = Array.from({ length: pairs.size }, (_, pair) =>
    idOf(ids, pairs.nameOf(pairs.dimensionOf(pair))),
  );
  const addMeter = (account: number, day: number, { meter, total, byPair }: MeterDay): void => {
    const id = idOf(ids, meter);
    rows.add([account, day, TOTAL, TOTAL, id, total.firstEvents, ...figures(total)]);
    for (const [pair, sums] of byPair)
      rows.add([account, day, dimensionIds[pair] ?? 0, valueIds[pair] ?? 0, id, sums.firstEvents, ...figures(sums)]);
  };
  for (const { usage, account } of used)
    for (const { day, meters } of usage.days.values())
      for (const meter of meters.values()) addMeter(account, day, meter);
  if (rows.rows > 0) await client.query(UPSERT_DAYS.in(schema), rows.values);
}

const figures = ({ events, quantityNanos, creditsNanos }: Sums): [number, bigint, bigint] => [
  events,
  quantityNanos,
  creditsNanos,
];

async function writeSegments(client: PoolClient, schema: string, { used }: Place, sequence: bigint): Promise<void> {
  const rows = new NumberColumns(4);
  const parts: Buffer[] = [];
  let startsAt = 1;
  for (const { usage, account } of used)
    for (const { day, segment } of usage.days.values()) {
      const data = encodeSegment(segment, false);
      rows.add([account, day, startsAt, data.length]);
      parts.push(data);
      startsAt += data.length;
    }
  if (parts.length === 0) return;
  const [accounts, days, starts, lengths] = rows.values;
  await client.query(INSERT_SEGMENTS.in(schema), [accounts, days, sequence, starts, Buffer.concat(parts), lengths]);
}

async function writeCycles(client: PoolClient, schema: string, { used, ids }: Place): Promise<void> {
  const rows = new NumberColumns(16);
  for (const { usage, account } of used)
    for (const { cycleStartMs, meter, pool, sums } of usage.cycles.values())
      rows.add([
        account,
        cycleStartMs,
        idOf(ids, meter),
        idOf(ids, pool),
        ...figures(sums.own),
        ...figures(sums.late),
        ...figures(sums.adjusted),
        ...figures(sums.paid),
      ]);
  if (rows.rows > 0) await client.query(UPSERT_CYCLES.in(schema), rows.values);
}
