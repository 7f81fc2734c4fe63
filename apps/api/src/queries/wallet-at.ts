import type { Accounts, LoadedAccount } from '@app/accounts';
import { advance, cloneForDecision, Drafting, nextDueMs, type Catalog, type Wallet } from '@app/metering';

/**
 * The wallet as time leaves it at an instant: what has expired, refilled or begun since the account's last event counts,
 * though nobody has written it yet. Accounts that no wall clock moves (sandboxes, history) stay as they are.
 */
export function walletAt(
  accounts: Pick<Accounts, 'abandon'>,
  account: LoadedAccount,
  { catalog, nowMs }: { readonly catalog: Catalog; readonly nowMs: number },
): Wallet {
  const { wallet } = account.state;
  const dueMs = nextDueMs(wallet, catalog.graceMs);
  if (wallet.clock !== 'live' || dueMs === null || dueMs > nowMs) return wallet;
  const drafting = new Drafting(cloneForDecision(account.state), catalog, account.revision + 1n);
  // One call passes a bounded number of instants.
  while (!advance(drafting, nowMs, false));
  if (drafting.events.length > 0) accounts.abandon(account);
  return drafting.wallet;
}
