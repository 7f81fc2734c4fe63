import type { Snapshot } from './snapshot-reader.js';

/** An account whose time has come, as far as the read model knows. */
export interface DueAccount {
  readonly organisation: string;
  /** Unix milliseconds. */
  readonly dueMs: number;
}

export interface DueQuestion {
  /** Accounts that are due at or before this instant. */
  readonly markMs: number;
  /** Of one partition: keys are spread over so many. */
  readonly partitions: number;
  readonly partition: number;
  readonly limit: number;
  /** The last account of the page before. */
  readonly after?: DueAccount;
}

interface Row {
  readonly organisation: string;
  readonly next_due_ms: bigint;
}

export async function listDue({ client, accounts }: Snapshot, question: DueQuestion): Promise<readonly DueAccount[]> {
  const { markMs, partitions, partition, limit, after } = question;
  const { rows } = await client.query<Row>(
    `select organisation, next_due_ms from ${accounts.schema}.accounts
     where next_due_ms <= $1 and fault is null and key_hash % $2 = $3
       and ($4::bigint is null or (next_due_ms, organisation) > ($4::bigint, $5::text collate "C"))
     order by next_due_ms, organisation limit $6`,
    [markMs, partitions, partition, after?.dueMs ?? null, after?.organisation ?? null, limit],
  );
  return rows.map(({ organisation, next_due_ms: dueMs }) => ({ organisation, dueMs: Number(dueMs) }));
}
