import { DAY_MS } from '@app/metering';
import type { Snapshot } from './snapshot-reader.js';

/** What a pool lost to usage on one day of ledger time, refunds of usage not counted. */
export interface DailySpending {
  readonly pool: string;
  /** Days since the epoch. */
  readonly day: number;
  readonly spentNanos: bigint;
}

/** Deductions of an account by pool and day in [fromMs, toMs), from the ledger: by the time at which they were taken. */
export async function listDailySpending(
  { client, accounts }: Snapshot,
  organisation: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<readonly DailySpending[]> {
  const { rows } = await client.query<{ pool: string; day: string; spent: string }>(
    `select pool, floor(at_ms / ${DAY_MS}.0) as day, -sum(amount) as spent
     from ${accounts.schema}.ledger_entries
     where organisation = $1 and type = 'deduction' and at_ms >= $2 and at_ms < $3
     group by pool, 2 order by pool, 2`,
    [organisation, fromMs, toMs],
  );
  return rows.map(({ pool, day, spent }) => ({ pool, day: Number(day), spentNanos: BigInt(spent) }));
}
