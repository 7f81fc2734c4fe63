import type { Accounts } from '@app/accounts';
import type { AccountTerms, AccountTermsSource } from './account-terms.js';

/** Terms from the account's own stream: a command answered a moment ago counts. */
export class StreamTerms implements AccountTermsSource {
  constructor(private readonly accounts: Accounts) {}

  async termsOf(organisation: string, { isFresh }: { readonly isFresh: boolean }): Promise<AccountTerms | null> {
    const account = await (isFresh ? this.accounts.loadFresh(organisation) : this.accounts.load(organisation));
    const { wallet } = account.state;
    if (!wallet.isOpen) return null;
    const manualClockMs = wallet.clock === 'manual' ? wallet.ledgerTimeMs : null;
    return { plans: [...wallet.plans], openedAtMs: wallet.openedAtMs, manualClockMs };
  }
}
