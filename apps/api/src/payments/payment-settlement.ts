import { createHash } from 'node:crypto';
import type { AccountCommands, Accounts } from '@app/accounts';
import type { AccountCommand, AccountState, Rejection } from '@app/metering';
import type { PaymentNotice, PaymentSubject } from '@app/payments';
import type { Logger } from 'pino';
import { invoiceAfter } from './invoice-after.js';
import type { Verdict } from './invoice-after.js';
import type { PaymentProcessors, SignedNotice } from './payment-processors.js';
import { checkoutOf, INVOICE_RECORD, invoiceOf, recordText } from './payment-records.js';
import type { InvoiceRecord } from './payment-records.js';

export interface SettlementParts {
  readonly accounts: Accounts;
  readonly commands: AccountCommands;
  readonly processors: PaymentProcessors;
  readonly log: Logger;
}

interface Execution {
  readonly command: AccountCommand;
  readonly route: string;
  readonly key: string;
  readonly actor?: string | null;
}

/**
 * Writes what became of payments into the accounts, once, whatever is said again and in whatever order: credits follow
 * a purchase id and a payment reference, which accounts remember for ever.
 */
export class PaymentSettlement {
  constructor(private readonly parts: SettlementParts) {}

  /** Takes a processor's notice. One that concerns nothing here changes nothing. @throws what a command throws */
  async take({ processor, notice }: SignedNotice): Promise<void> {
    if (notice === null) return;
    const { state } = await this.parts.accounts.loadFresh(notice.subject.organisation);
    // Through the test processor nobody may pay for an account that pays with money.
    const isTheirs = state.wallet.isOpen && this.parts.processors.of(state.wallet) === processor;
    if (!isTheirs) return this.#ignored(notice.subject, 'NotFound');
    if (notice.kind === 'declined') {
      await this.settle(notice.subject, { kind: 'declined', reason: notice.reason ?? 'declined' });
    } else if (isEnough(state, notice)) {
      await this.settle(notice.subject, { kind: 'paid', payment: notice.payment });
    } else this.#ignored(notice.subject, 'AmountDiffers');
  }

  async settle(subject: PaymentSubject, verdict: Verdict): Promise<void> {
    switch (subject.purpose) {
      case 'recharge':
        return this.#settleRecharge(subject, verdict);
      case 'checkout':
        return this.#settleCheckout(subject, verdict);
      case 'invoice':
        return this.#settleInvoice(subject, verdict);
    }
  }

  /** Records an invoice, or what became of it. */
  async putInvoice({ organisation, id }: PaymentSubject, invoice: InvoiceRecord): Promise<void> {
    const value = recordText(invoice);
    const command = { kind: 'PutRecord', record: INVOICE_RECORD, key: id, value } as const;
    await this.#execute(organisation, {
      command,
      route: INVOICE_RECORD,
      key: `${id}/${invoice.attempt}/${invoice.status}`,
    });
  }

  async #settleRecharge({ organisation, purpose, id }: PaymentSubject, verdict: Verdict): Promise<void> {
    const command: AccountCommand =
      verdict.kind === 'paid'
        ? { kind: 'CompleteRecharge', purchase: id, paymentReference: verdict.payment }
        : { kind: 'DeclineRecharge', purchase: id, reason: verdict.reason };
    const refused = await this.#execute(organisation, { command, route: 'recharges', key: `${id}/${verdict.kind}` });
    // A decline that comes late finds no open request; a payment that nobody asked for is for people to look at.
    if (refused !== null && verdict.kind === 'paid') this.#ignored({ organisation, purpose, id }, refused.code);
  }

  async #settleCheckout(subject: PaymentSubject, verdict: Verdict): Promise<void> {
    const { organisation, id } = subject;
    if (verdict.kind === 'declined') return;
    const { state } = await this.parts.accounts.loadFresh(organisation);
    const checkout = checkoutOf(state, id);
    if (checkout === null) return this.#ignored(subject, 'UnknownPurchase');
    const { package: bought, actor = null, quantityNanos, amountMinor, currency, ...terms } = checkout;
    const command = {
      kind: 'PurchaseCredits',
      package: bought,
      quantityNanos,
      paymentReference: verdict.payment,
      by: 'checkout',
      quoted: { ...terms, price: { amountMinor, currency } },
    } as const;
    // Whoever began the checkout bought: the notice of payment only says that it is done.
    const refused = await this.#execute(organisation, { command, route: 'checkouts/paid', key: id, actor });
    if (refused !== null && refused.code !== 'PaymentReferenceUsed') this.#ignored(subject, refused.code);
  }

  async #settleInvoice(subject: PaymentSubject, verdict: Verdict): Promise<void> {
    const { state } = await this.parts.accounts.loadFresh(subject.organisation);
    const invoice = invoiceOf(state, subject.id);
    if (invoice === null) return this.#ignored(subject, 'NotFound');
    const after = invoiceAfter(invoice, subject.attempt ?? 1, verdict);
    if (after !== null) await this.putInvoice(subject, after);
  }

  async #execute(organisation: string, { command, route, key, actor = null }: Execution): Promise<Rejection | null> {
    const requestHash = createHash('sha256').update(`${route}\n${key}`, 'utf8').digest('hex');
    const request = { command, route, key, requestHash, actor, reason: null };
    const answer = await this.parts.commands.execute(organisation, request);
    return answer.kind === 'refused' ? answer.rejection : null;
  }

  #ignored({ purpose, id }: PaymentSubject, code: string): void {
    this.parts.log.error({ purpose, id, code }, 'a payment notice concerns nothing that was asked for');
  }
}

/** Money in another currency, or less of it than was asked for, pays for nothing. */
function isEnough(state: AccountState, { subject, amountMinor, currency }: PaymentNotice): boolean {
  const asked = askedFor(state, subject);
  return asked === null || (amountMinor >= asked.amountMinor && currency === asked.currency);
}

function askedFor(state: AccountState, { purpose, id }: PaymentSubject) {
  switch (purpose) {
    case 'recharge':
      return state.wallet.recharge?.asked.get(id) ?? null;
    case 'checkout':
      return checkoutOf(state, id);
    case 'invoice':
      return invoiceOf(state, id);
  }
}
