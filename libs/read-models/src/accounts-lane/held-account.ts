import { initialState, nextClosingMs, nextDueMs, poolStatuses, type Wallet } from '@app/metering';
import { keyHash } from '../key-hash.js';
import { toStoredOrNull } from '../stored-text.js';
import { readWallet, writeWallet } from './wallet-codec.js';

/** An account as the lane has it in memory. */
export interface HeldAccount {
  readonly organisation: string;
  readonly keyHash: number;
  readonly wallet: Wallet;
  revision: bigint;
  openedPosition: bigint;
  fault: string | null;
}

/** A row of `accounts` as it is loaded. */
export interface WalletRow {
  readonly organisation: string;
  readonly revision: bigint;
  readonly opened_position: bigint;
  readonly wallet: string;
  readonly fault: string | null;
}

export const newAccount = (organisation: string, openedPosition: bigint): HeldAccount => ({
  organisation,
  keyHash: keyHash(organisation),
  wallet: initialState(organisation).wallet,
  revision: -1n,
  openedPosition,
  fault: null,
});

export const loadedAccount = (row: WalletRow): HeldAccount => ({
  organisation: row.organisation,
  keyHash: keyHash(row.organisation),
  wallet: readWallet(row.wallet),
  revision: row.revision,
  openedPosition: row.opened_position,
  fault: row.fault,
});

const finiteOrNull = (ms: number): number | null => (Number.isFinite(ms) ? ms : null);

/** An account's row of `accounts`. */
export interface AccountRow {
  readonly organisation: string;
  readonly key_hash: number;
  readonly plan: string | null;
  readonly state: 'active' | 'paused';
  readonly clock: string;
  readonly revision: bigint;
  readonly ledger_time_ms: number;
  readonly opened_position: bigint;
  readonly next_instant_ms: number | null;
  readonly closable_ms: number | null;
  readonly statuses: readonly string[];
  readonly wallet: string;
  readonly fault: string | null;
}

export function accountRow(account: HeldAccount): AccountRow {
  const { organisation, wallet, revision, openedPosition, fault } = account;
  return {
    organisation,
    key_hash: account.keyHash,
    plan: wallet.plan,
    state: wallet.isPaused ? 'paused' : 'active',
    clock: wallet.clock,
    revision,
    ledger_time_ms: wallet.ledgerTimeMs,
    opened_position: openedPosition,
    next_instant_ms: nextDueMs(wallet, Number.POSITIVE_INFINITY),
    closable_ms: finiteOrNull(nextClosingMs(wallet, 0)),
    statuses: poolStatuses(wallet),
    wallet: writeWallet(wallet),
    fault: toStoredOrNull(fault),
  };
}
