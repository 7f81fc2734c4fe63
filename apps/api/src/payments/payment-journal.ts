import type { Followed } from '../following/followed.js';

/**
 * What the executor of payments remembers beside the streams: how far it has followed them, and who has a payment
 * method. Losing it costs a look at every account again and never a second payment.
 */
export interface PaymentJournal {
  /** The right to be the one executor, or undefined while another has it. */
  acquire(): Promise<ExecutorRight | undefined>;
}

export interface ExecutorRight {
  /** False once a renewal has found that another took over. */
  readonly isHeld: boolean;
  /** How far everything is done; undefined before anything is. */
  followed(): Promise<Followed | undefined>;
  /** @throws {LeaseLost} */
  saveFollowed(followed: Followed): Promise<void>;
  /** Remembers organisations that have stored a payment method. */
  addPaying(organisations: readonly string[]): Promise<void>;
  /** Those of these that have one. */
  payingAmong(organisations: readonly string[]): Promise<readonly string[]>;
  release(): Promise<void>;
}
