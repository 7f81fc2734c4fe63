import { formatTime, poolViews } from '@app/metering';
import { readWallet } from '../accounts-lane/wallet-codec.js';
import type { OrganisationItem, PageRequest } from './answers.js';
import { poolAnswer, stateOf } from './balance.js';
import { checkLimit, pageOf, readCursor, wholeNumber } from './cursor.js';
import type { Snapshot } from './snapshot-reader.js';

export interface OrganisationsRequest extends PageRequest {
  /** Of any pool: `green`, `yellow`, `red`, `exhausted`. */
  readonly status?: string | undefined;
  readonly plan?: string | undefined;
}

interface Row {
  readonly organisation: string;
  readonly revision: bigint;
  readonly ledger_time_ms: bigint;
  readonly opened_position: bigint;
  readonly wallet: string;
}

/** Accounts, the newest first. @throws {UnknownCursor} */
export async function listOrganisations({ client, accounts }: Snapshot, request: OrganisationsRequest) {
  const { limit, after, status, plan } = request;
  checkLimit(limit);
  const before = after === undefined ? null : wholeNumber(readCursor(after, 1)[0]);
  const { rows } = await client.query<Row>(
    `select organisation, revision, ledger_time_ms, opened_position, wallet
     from ${accounts.schema}.accounts
     where revision >= 0 and ($1::text is null or $1 = any (statuses)) and ($2::text is null or plan = $2)
       and ($3::bigint is null or opened_position < $3)
     order by opened_position desc limit $4`,
    [status ?? null, plan ?? null, before, limit + 1],
  );
  const page = pageOf(rows, limit, (row) => [row.opened_position.toString()]);
  return { next: page.next, items: page.items.map(itemOf) };
}

function itemOf(row: Row): OrganisationItem {
  const wallet = readWallet(row.wallet);
  return {
    organisation: row.organisation,
    plan: wallet.plan,
    state: stateOf(wallet),
    revision: row.revision.toString(),
    ledgerTime: formatTime(Number(row.ledger_time_ms)),
    pools: poolViews(wallet).map((view) => {
      const { grants: _grants, ...pool } = poolAnswer(view);
      return pool;
    }),
  };
}
