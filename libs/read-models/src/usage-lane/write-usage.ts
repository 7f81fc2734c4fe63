import type { PoolClient } from 'pg';
import { Statement } from '../sql-text.js';
import { toStored, toStoredOrNull } from '../stored-text.js';
import { NumberArrays } from '../columns/number-arrays.js';
import type { SealedUsage } from './sealed-usage.js';
import { encodeSegment } from './segment-codec.js';
import { Segment } from './segment.js';
import { addSums, noSums, type Sums } from './sums.js';
import { sumsByValue } from './sums-by-value.js';
import type { AccountUsage, HourTotal } from './usage-window.js';
import { WindowSegments } from './window-segments.js';

const UPSERT_ACCOUNTS = new Statement('upsert-usage-accounts');
const UPSERT_TOTALS = new Statement('upsert-usage-totals');
const INSERT_SEGMENTS = new Statement('insert-usage-segments');
const UPSERT_CYCLES = new Statement('upsert-cycle-meters');

/** In `usage_totals`, the hour that stands for the whole day. */
const WHOLE_DAY = 24;

/** An account's usage with the number that its rows have. */
interface Numbered {
  readonly account: number;
  readonly usage: AccountUsage;
}

/** Writes a window's rows. */
export async function writeUsage(client: PoolClient, schema: string, sealed: SealedUsage): Promise<void> {
  if (sealed.accounts.length === 0) return;
  const numbers = await upsertAccounts(client, schema, sealed);
  const used = Array.from(sealed.window.accounts.values(), (usage) => ({
    usage,
    account: numbers.get(usage.account.organisation) ?? 0,
  }));
  await writeTotals(client, schema, used);
  await writeSegments(client, schema, sealed, used);
  await writeCycles(client, schema, used);
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

async function writeTotals(client: PoolClient, schema: string, used: readonly Numbered[]): Promise<void> {
  const rows = new NumberArrays(7);
  const meters: string[] = [];
  const add = (account: number, { hour, meter, sums }: HourTotal, hourOfDay: number): void => {
    rows.add([account, Math.floor(hour / 24), hourOfDay, sums.firstEvents, ...figures(sums)]);
    meters.push(toStored(meter));
  };
  for (const { account, usage } of used) {
    for (const total of usage.totals.values()) add(account, total, total.hour - Math.floor(total.hour / 24) * 24);
    for (const total of dayTotals(usage)) add(account, total, WHOLE_DAY);
  }
  if (meters.length > 0) await client.query(UPSERT_TOTALS.in(schema), [...rows.values, meters]);
}

/** The hours' totals added up by day, each with its day's first hour. */
function dayTotals({ totals }: AccountUsage): Iterable<HourTotal> {
  const days = new Map<string, HourTotal>();
  for (const { hour, meter, sums } of totals.values()) {
    const first = Math.floor(hour / 24) * 24;
    const key = `${first} ${meter}`;
    let day = days.get(key);
    if (day === undefined) days.set(key, (day = { hour: first, meter, sums: noSums() }));
    addSums(day.sums, sums);
  }
  return days.values();
}

const figures = ({ events, quantityNanos, creditsNanos }: Sums): [number, bigint, bigint] => [
  events,
  quantityNanos,
  creditsNanos,
];

/** The segments' bytes lie behind each other in one parameter, each one's sums behind its data. */
async function writeSegments(
  client: PoolClient,
  schema: string,
  { window, sequence, sumsRowsMin }: SealedUsage,
  used: readonly Numbered[],
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

async function writeCycles(client: PoolClient, schema: string, used: readonly Numbered[]): Promise<void> {
  const rows = new NumberArrays(14);
  const meters: string[] = [];
  const pools: string[] = [];
  for (const { usage, account } of used)
    for (const { cycleStartMs, meter, pool, sums } of usage.cycles.values()) {
      const { own, late, adjusted, paid } = sums;
      rows.add([account, cycleStartMs, ...figures(own), ...figures(late), ...figures(adjusted), ...figures(paid)]);
      meters.push(toStored(meter));
      pools.push(toStored(pool));
    }
  if (meters.length > 0) await client.query(UPSERT_CYCLES.in(schema), [...rows.values, meters, pools]);
}
