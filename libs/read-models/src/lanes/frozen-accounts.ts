import { NewerEventVersion } from '@app/accounts';
import { EventStoreUnavailable } from '@app/event-store';
import { HistoryDiffers } from '../errors.js';

/** An event of one account cannot be folded. Its lane starts the window again without it. */
export class FoldFailed extends Error {
  override readonly name = 'FoldFailed';
}

/**
 * Accounts whose next event cannot be folded: they stay at the revision before it and are listed, while all others go
 * on (I9). What the account had folded of the failing event is thrown away with the window.
 */
export class FrozenAccounts {
  readonly #faults = new Map<string, { readonly revision: bigint; readonly reason: string }>();

  /** Why this event of the account is not to be folded; null when it is. */
  faultAt(organisation: string, revision: bigint): string | null {
    const fault = this.#faults.get(organisation);
    return fault !== undefined && fault.revision === revision ? fault.reason : null;
  }

  /** Runs a fold of one event. @throws {FoldFailed} when the account has to be frozen first */
  guard<T>(organisation: string, revision: bigint, fold: () => T): T {
    try {
      return fold();
    } catch (error) {
      // A newer version of the program has written this: the process has to be replaced, not the account.
      if (
        error instanceof NewerEventVersion ||
        error instanceof HistoryDiffers ||
        error instanceof EventStoreUnavailable
      )
        throw error;
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      this.#faults.set(organisation, { revision, reason });
      throw new FoldFailed(`event ${revision} of account ${organisation} cannot be projected: ${reason}`, {
        cause: error,
      });
    }
  }
}
