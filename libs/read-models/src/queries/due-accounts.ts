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
  /** The catalog's: how long after its end a cycle closes. */
  readonly graceMs: number;
  /** Of one partition: keys are spread over so many. */
  readonly partitions: number;
  readonly partition: number;
  readonly limit: number;
  /** The last account of the page before. */
  readonly after?: DueAccount;
}

interface Row {
  readonly organisation: string;
  readonly due_ms: bigint;
}

/** Live accounts alone: no wall clock moves the others. */
export async function listDue({ client, accounts }: Snapshot, question: DueQuestion): Promise<readonly DueAccount[]> {
  const { markMs, graceMs, partitions, partition, limit, after } = question;
  const { rows } = await client.query<Row>(
    `select organisation, due_ms from (
       select organisation, least(next_instant_ms, closable_ms + $7::bigint) as due_ms from ${accounts.schema}.accounts
       where clock = 'live' and (next_instant_ms <= $1::bigint or closable_ms <= $1::bigint - $7::bigint)
         and fault is null and key_hash % $2 = $3) due
     where $4::bigint is null or (due_ms, organisation) > ($4::bigint, $5::text collate "C")
     order by due_ms, organisation limit $6`,
    [markMs, partitions, partition, after?.dueMs ?? null, after?.organisation ?? null, limit, graceMs],
  );
  return rows.map(({ organisation, due_ms: dueMs }) => ({ organisation, dueMs: Number(dueMs) }));
}
