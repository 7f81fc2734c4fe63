import type { GlobalPosition, NewEvent } from '@app/event-store';
import type { AccountEvent, AccountState } from '@app/metering';
import type { IdentityIndex } from '../identities/identity-index.js';
import type { ChainPosition } from '../streams/chain.js';

/** Prefix of account streams in the event store. */
export const ACCOUNT_STREAM_PREFIX = 'account-';

/** The stream of an organisation's account. */
export const accountStream = (organisation: string): string => `${ACCOUNT_STREAM_PREFIX}${organisation}`;

/**
 * An account as this process knows it. One decision at a time: whoever decides an account decides on a draft of
 * `state`, or on `state` itself, and hands it to `Accounts.append` before the next decision of that account begins. What
 * is not appended is abandoned, so that the account is folded again: a decision on `state` itself costs no copies.
 */
export interface LoadedAccount {
  readonly organisation: string;
  readonly stream: string;
  readonly state: AccountState;
  /** Of the stream's last event folded; -1 before the first. */
  readonly revision: bigint;
  /** Chain hash of that event. */
  readonly hash: Uint8Array;
  /** Where that event lies in the global order. */
  readonly position: GlobalPosition;
  readonly identities: IdentityIndex;
}

/** What was decided of an account: the events, already applied to the draft. */
export interface AccountDecision {
  readonly account: LoadedAccount;
  /** The account's state from the append on: a draft of it, or itself. */
  readonly draft: AccountState;
  /** At least one; together at most one append's size. */
  readonly events: readonly AccountEvent[];
}

/** A decision as it is stored: its events encoded, in their places of the account's hash chain. */
export interface SealedDecision {
  readonly account: LoadedAccount;
  readonly draft: AccountState;
  readonly encoded: readonly NewEvent[];
  /** The account's after the append. */
  readonly position: ChainPosition;
  /** Of all payloads. */
  readonly bytes: number;
}

/** What became of a decision. After a conflict the account is to be loaded and decided again. */
export type DecisionOutcome =
  | { readonly kind: 'appended'; readonly account: LoadedAccount; readonly revision: bigint }
  | { readonly kind: 'conflict'; readonly account: LoadedAccount };
