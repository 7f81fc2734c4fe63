import { nextClosingMs, nextDueMs, poolStatuses } from '@app/metering';
import { arrayLiteral } from '../columns/array-literal.js';
import {
  byteaArray,
  int4Array,
  int8Array,
  numericArray,
  textArray,
  timestampArray,
} from '../columns/array-parameter.js';
import { toStoredOrNull } from '../stored-text.js';
import type { FigureRow } from './figure-rows.js';
import type { HeldAccount } from './held-account.js';
import type { LedgerRow } from './ledger-rows.js';
import { writeWallet } from './wallet-codec.js';

// Rows as one array a column, in the order of the statement's parameters.

const finiteOrNull = (ms: number): number | null => (Number.isFinite(ms) ? ms : null);

/** Accounts as they are now. */
export const accountValues = (accounts: readonly HeldAccount[]): Buffer[] => [
  textArray(accounts, ({ organisation }) => organisation),
  int4Array(accounts, ({ keyHash }) => keyHash),
  textArray(accounts, ({ wallet }) => wallet.plan),
  textArray(accounts, ({ wallet }) => (wallet.isPaused ? 'paused' : 'active')),
  textArray(accounts, ({ wallet }) => wallet.clock),
  int8Array(accounts, ({ revision }) => revision),
  int8Array(accounts, ({ wallet }) => wallet.ledgerTimeMs),
  int8Array(accounts, ({ openedPosition }) => openedPosition),
  int8Array(accounts, ({ wallet }) => nextDueMs(wallet, Number.POSITIVE_INFINITY)),
  int8Array(accounts, ({ wallet }) => finiteOrNull(nextClosingMs(wallet, 0))),
  textArray(accounts, ({ fault }) => toStoredOrNull(fault)),
  textArray(accounts, ({ wallet }) => arrayLiteral(poolStatuses(wallet))),
  textArray(accounts, ({ wallet }) => writeWallet(wallet)),
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
