import { BytesParameter } from '../columns/bytes-parameter.js';
import { textArray } from '../columns/text-array.js';
import type { FigureRow } from './figure-rows.js';
import type { AccountRow } from './held-account.js';
import type { LedgerRow } from './ledger-rows.js';

/** Rows as one array a column, in the order of the statement's parameters: far cheaper than rows as JSON. */
const columnsOf = <Row>(rows: readonly Row[], names: readonly (keyof Row)[]): unknown[] =>
  names.map((name) => rows.map((row) => row[name]));

export function accountValues(rows: readonly AccountRow[]): unknown[] {
  const wallets = new BytesParameter();
  for (const { wallet } of rows) wallets.add(Buffer.from(wallet, 'utf8'));
  return [
    ...columnsOf(rows, ['organisation', 'key_hash', 'plan', 'state', 'clock', 'revision', 'ledger_time_ms']),
    ...columnsOf(rows, ['opened_position', 'next_instant_ms', 'closable_ms', 'fault']),
    rows.map(({ statuses }) => textArray(statuses)),
    wallets.starts,
    wallets.lengths,
    wallets.bytes,
  ];
}

export function entryValues(rows: readonly LedgerRow[]): unknown[] {
  const lines = new BytesParameter();
  for (const row of rows) lines.add(row.lines ?? NOTHING);
  return [
    ...columnsOf(rows, ['organisation', 'revision', 'index', 'type', 'pool', 'amount', 'balance_after', 'at_ms']),
    ...columnsOf(rows, ['recorded_at', 'actor', 'reason', 'cause', 'cycle_start_ms', 'project', 'session', 'grant_id']),
    rows.map(({ projects }) => (projects === null ? null : textArray(projects))),
    lines.starts,
    lines.lengths,
    lines.bytes,
  ];
}

const NOTHING = new Uint8Array();

export const figureValues = (rows: readonly FigureRow[]): unknown[] => [
  ...columnsOf(rows, ['organisation', 'cycle_start_ms', 'pool', 'cycle_end_ms', 'opening', 'granted', 'refunded']),
  ...columnsOf(rows, ['adjusted', 'used', 'expired', 'closing']),
];
