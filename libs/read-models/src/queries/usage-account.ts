import { formatTime } from '@app/metering';
import type { AsOf } from './answers.js';
import { findAccount } from './balance.js';
import type { Snapshot } from './snapshot-reader.js';

/** An account as the usage lane has it; `id` null while only the other lane knows it. */
export interface UsageAccountView {
  readonly id: number | null;
  readonly asOf: AsOf;
}

interface Row {
  readonly id: number;
  readonly revision: bigint;
  readonly ledger_time_ms: bigint;
}

/** Undefined for an account that does not exist. */
export async function findUsageAccount(
  snapshot: Snapshot,
  organisation: string,
): Promise<UsageAccountView | undefined> {
  const { client, usage } = snapshot;
  const { rows } = await client.query<Row>(
    `select id, revision, ledger_time_ms from ${usage.schema}.usage_accounts where organisation = $1 and revision >= 0`,
    [organisation],
  );
  const position = usage.checkpoint.position.commit.toString();
  const [row] = rows;
  if (row !== undefined) {
    const ledgerTime = formatTime(Number(row.ledger_time_ms));
    return { id: row.id, asOf: { revision: row.revision.toString(), position, ledgerTime } };
  }
  const account = await findAccount(snapshot, organisation);
  return account === undefined ? undefined : { id: null, asOf: { revision: '-1', position, ledgerTime: null } };
}

/** Of an answer that needs both lanes: the slower one's. */
export const slower = (one: AsOf, other: AsOf): AsOf => (BigInt(one.position) <= BigInt(other.position) ? one : other);
