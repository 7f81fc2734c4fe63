import { Statement } from '../sql-text.js';
import { fromStored, toStored } from '../stored-text.js';
import type { Sums } from '../usage-lane/sums.js';
import type { Snapshot } from './snapshot-reader.js';
import type { Days } from './value-sums.js';

interface SumRow {
  readonly events: bigint;
  readonly first_events: bigint;
  readonly quantity: string;
  readonly credits: string;
}

const BY_METER = new Statement('sum-totals-by-meter');
const BY_ORGANISATION = new Statement('sum-totals-by-organisation');

/** All usage of one meter, of one day or of several as one. */
export interface MeterTotal {
  readonly day: number;
  readonly meter: string;
  readonly sums: Sums;
}

/** One account's usage by meter, of one meter or all; a day at a time, or all days as one (the first). */
export async function totalsByMeter(
  { client, usage }: Snapshot,
  account: number,
  { firstDay, lastDay }: Days,
  { meter, isByDay }: { readonly meter: string | null; readonly isByDay: boolean },
): Promise<readonly MeterTotal[]> {
  const { rows } = await client.query<SumRow & { readonly day: number; readonly meter: string }>(
    BY_METER.in(usage.schema),
    [account, firstDay, lastDay, storedOrNull(meter), isByDay],
  );
  return rows.map((row) => ({ day: row.day, meter: fromStored(row.meter), sums: sumsOf(row) }));
}

const WHOLE_DAY = 24;

/** Every organisation's usage of whole days, or of the hours from `fromHour` to before `toHour` of these days. */
export async function totalsByOrganisation(
  { client, usage }: Snapshot,
  { firstDay, lastDay, fromHour = WHOLE_DAY, toHour = WHOLE_DAY + 1 }: Days & Partial<Hours>,
  meter: string | null,
): Promise<readonly (readonly [organisation: string, sums: Sums])[]> {
  const { rows } = await client.query<SumRow & { readonly value: string }>(BY_ORGANISATION.in(usage.schema), [
    firstDay,
    lastDay,
    fromHour,
    toHour,
    storedOrNull(meter),
  ]);
  return rows.map((row) => [row.value, sumsOf(row)]);
}

interface Hours {
  readonly fromHour: number;
  readonly toHour: number;
}

const storedOrNull = (text: string | null): string | null => (text === null ? null : toStored(text));

const sumsOf = (row: SumRow): Sums => ({
  events: Number(row.events),
  firstEvents: Number(row.first_events),
  quantityNanos: BigInt(row.quantity),
  creditsNanos: BigInt(row.credits),
});
