import { DAY_MS, formatCredits, formatQuantity, formatTime } from '@app/metering';
import { fromStored, toStored } from '../stored-text.js';
import type { AsOf } from './answers.js';
import type { Snapshot } from './snapshot-reader.js';
import { findUsageAccount } from './usage-account.js';

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

interface Row {
  readonly value: string;
  readonly meter: string;
  readonly events: string;
  readonly quantity: string;
  readonly credits: string;
  readonly last_day: number;
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
  const { client, usage } = snapshot;
  const { rows } = await client.query<Row>(
    `select v.content as value, m.content as meter, sum(d.events) as events, sum(d.quantity) as quantity,
       sum(d.credits) as credits, max(d.day) as last_day
     from ${usage.schema}.usage_days d
     join ${usage.schema}.texts v on v.id = d.value
     join ${usage.schema}.texts m on m.id = d.meter
     where d.account = $1 and d.dimension = (select id from ${usage.schema}.texts where content = $2)
       and ($3::integer is null or d.day >= $3) and ($4::integer is null or d.day < $4)
     group by v.content, m.content order by v.content, m.content`,
    [account.id, toStored(dimension), dayOrNull(fromMs), dayOrNull(toMs)],
  );
  return {
    asOf: account.asOf,
    items: rows.map((row) => ({
      value: fromStored(row.value),
      meter: fromStored(row.meter),
      events: Number(row.events),
      quantity: formatQuantity(BigInt(row.quantity)),
      creditsNanos: BigInt(row.credits),
      credits: formatCredits(BigInt(row.credits)),
      lastActive: formatTime(row.last_day * DAY_MS),
    })),
  };
}

const dayOrNull = (ms: number | undefined): number | null => (ms === undefined ? null : Math.floor(ms / DAY_MS));
