import { arrayLiteral } from '../columns/array-literal.js';
import {
  byteaArray,
  int4Array,
  int8Array,
  numericArray,
  textArray,
  timestampArray,
} from '../columns/array-parameter.js';
import type { FigureRow } from './figure-rows.js';
import type { AccountRow } from './held-account.js';
import type { LedgerRow } from './ledger-rows.js';

// Rows as one array a column, in the order of the statement's parameters.

export const accountValues = (rows: readonly AccountRow[]): Buffer[] => [
  textArray(rows, (row) => row.organisation),
  int4Array(rows, (row) => row.key_hash),
  textArray(rows, (row) => row.plan),
  textArray(rows, (row) => row.state),
  textArray(rows, (row) => row.clock),
  int8Array(rows, (row) => row.revision),
  int8Array(rows, (row) => row.ledger_time_ms),
  int8Array(rows, (row) => row.opened_position),
  int8Array(rows, (row) => row.next_instant_ms),
  int8Array(rows, (row) => row.closable_ms),
  textArray(rows, (row) => row.fault),
  textArray(rows, (row) => arrayLiteral(row.statuses)),
  textArray(rows, (row) => row.wallet),
];

export const entryValues = (rows: readonly LedgerRow[]): Buffer[] => [
  textArray(rows, (row) => row.organisation),
  int8Array(rows, (row) => row.revision),
  int4Array(rows, (row) => row.index),
  textArray(rows, (row) => row.type),
  textArray(rows, (row) => row.pool),
  numericArray(rows, (row) => row.amount),
  numericArray(rows, (row) => row.balance_after),
  int8Array(rows, (row) => row.at_ms),
  timestampArray(rows, (row) => row.recorded_at),
  textArray(rows, (row) => row.actor),
  textArray(rows, (row) => row.reason),
  textArray(rows, (row) => row.cause),
  int8Array(rows, (row) => row.cycle_start_ms),
  textArray(rows, (row) => row.project),
  textArray(rows, (row) => row.session),
  textArray(rows, (row) => row.grant_id),
  textArray(rows, (row) => row.projects && arrayLiteral(row.projects)),
  byteaArray(rows, (row) => row.lines),
];

export const figureValues = (rows: readonly FigureRow[]): Buffer[] => [
  textArray(rows, (row) => row.organisation),
  int8Array(rows, (row) => row.cycle_start_ms),
  textArray(rows, (row) => row.pool),
  int8Array(rows, (row) => row.cycle_end_ms),
  numericArray(rows, (row) => row.openingNanos),
  numericArray(rows, (row) => row.grantedNanos),
  numericArray(rows, (row) => row.refundedNanos),
  numericArray(rows, (row) => row.adjustedNanos),
  numericArray(rows, (row) => row.usedNanos),
  numericArray(rows, (row) => row.expiredNanos),
  numericArray(rows, (row) => row.closingNanos),
];
