import { AppendTooLarge, type Accounts, type LoadedAccount, type SealedDecision } from '@app/accounts';
import {
  decideUsage,
  ImpossibleEvent,
  type AccountEvent,
  type Catalog,
  type QuarantinedRecord,
  type UsageCounts,
  type UsageRecord,
} from '@app/metering';
import type { FeedIdentity } from '../records/prepare-batch.js';
import { AccountFault } from './account-fault.js';
import { isRefusedByCatalog } from './refused-by-catalog.js';

/** What a decision came to. Nothing that it was made of is kept: what waits for an append is bytes. */
export interface Decided {
  /** Null where nothing is to be appended; `too-large` when less has to be decided at once. */
  readonly sealed: SealedDecision | null | 'too-large';
  readonly counts: UsageCounts;
  /** Records decided. */
  readonly count: number;
  readonly unhosted: readonly QuarantinedRecord[];
  /** Whether a record was refused for a reason that a newer catalog may take away. */
  readonly isRefusedByCatalog: boolean;
}

interface Given {
  readonly records: readonly UsageRecord[];
  readonly feed: FeedIdentity;
  readonly catalog: Catalog;
  readonly nowMs: number;
}

/**
 * Decides records on the account's own state and seals what they came to, without waiting in between. A decision that
 * does not end in an append is to be abandoned: the account is folded again.
 * @throws {AccountFault} then the account is abandoned
 */
export function decideRecords(accounts: Accounts, account: LoadedAccount, given: Given): Decided {
  const { records, feed, catalog, nowMs } = given;
  try {
    const { state, identities: known, revision } = account;
    const decision = decideUsage(state, records, { catalog, feed, known, nowMs, nextRevision: revision + 1n });
    const { events, counts, decided: count, unhosted } = decision;
    if (count === 0 && events.length === 0)
      throw new ImpossibleEvent('records were neither decided nor did time advance');
    const sealed = seal(accounts, account, { events, isDivisible: records.length > 1 });
    const isRefused = counts.quarantined > 0 && isRefusedByCatalog(decision);
    return { sealed, counts, count, unhosted, isRefusedByCatalog: isRefused };
  } catch (error) {
    accounts.abandon(account);
    throw new AccountFault(account.organisation, error);
  }
}

function seal(
  accounts: Accounts,
  account: LoadedAccount,
  { events, isDivisible }: { readonly events: readonly AccountEvent[]; readonly isDivisible: boolean },
): Decided['sealed'] {
  if (events.length === 0) return null;
  try {
    return accounts.seal({ account, draft: account.state, events });
  } catch (error) {
    if (error instanceof AppendTooLarge && isDivisible) return 'too-large';
    throw error;
  }
}
