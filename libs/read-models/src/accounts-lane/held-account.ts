import { initialState, type Wallet } from '@app/metering';
import { keyHash } from '../key-hash.js';
import { readWallet } from './wallet-codec.js';

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
