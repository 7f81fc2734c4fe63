import { formatTime } from '@app/metering';
import type { AccountState, Catalog, Cycle, Wallet } from '@app/metering';
import type { PaymentSubject } from '@app/payments';
import { invoiceOf, storedMethodOf } from './payment-records.js';
import type { InvoiceRecord, StoredMethod } from './payment-records.js';

/** Money that an account owes now. */
export interface DuePayment {
  readonly subject: PaymentSubject;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly askedAtMs: number;
  /** The processor's idempotency key. */
  readonly key: string;
  /** Of an invoice that is not recorded yet: what is recorded before any money is taken. */
  readonly invoice: InvoiceRecord | null;
}

/** The open recharge, and the plan's price for every closed cycle that is not paid: from the account alone. */
export function duePayments(state: AccountState, catalog: Catalog, nowMs: number): DuePayment[] {
  const recharge = openRecharge(state.wallet);
  return [...(recharge === null ? [] : [recharge]), ...dueInvoices(state, catalog, nowMs)];
}

function openRecharge({ organisation, recharge }: Wallet): DuePayment | null {
  if (recharge === null || recharge.open === null) return null;
  const { purchase, amountMinor, currency, requestedAtMs } = recharge.open;
  const subject = { organisation, purpose: 'recharge', id: purchase } as const;
  const key = `${organisation}/${purchase}`;
  return { subject, amountMinor, currency, askedAtMs: requestedAtMs, key, invoice: null };
}

function dueInvoices(state: AccountState, catalog: Catalog, nowMs: number): DuePayment[] {
  const stored = storedMethodOf(state);
  const { wallet } = state;
  // History is charged as history: it asks for no payment, and a command would start the live clock.
  if (stored === null || wallet.clock === 'history') return [];
  return wallet.cycles.flatMap((cycle) => {
    if (!cycle.isClosed) return [];
    const id = formatTime(cycle.startMs);
    const known = invoiceOf(state, id);
    const invoice =
      known === null ? newInvoice({ wallet, cycle, stored, catalog, nowMs }) : again(known, stored, nowMs);
    if (invoice === null || invoice.status !== 'open') return [];
    const { amountMinor, currency, askedAtMs, attempt } = invoice;
    const { organisation } = wallet;
    const first = { organisation, purpose: 'invoice', id } as const;
    const isFirst = attempt === 1;
    const subject = isFirst ? first : { ...first, attempt };
    const key = isFirst ? `${organisation}/${id}` : `${organisation}/${id}/${attempt}`;
    return [{ subject, amountMinor, currency, askedAtMs, key, invoice: invoice === known ? null : invoice }];
  });
}

/** What was declined is open again when another method has been stored since. */
function again(known: InvoiceRecord, stored: StoredMethod, nowMs: number): InvoiceRecord {
  if (known.status !== 'declined' || stored.storedAtMs <= known.askedAtMs) return known;
  return { ...known, status: 'open', reason: null, attempt: known.attempt + 1, askedAtMs: nowMs };
}

interface Invoicing {
  readonly wallet: Wallet;
  readonly cycle: Cycle;
  readonly stored: StoredMethod;
  readonly catalog: Catalog;
  readonly nowMs: number;
}

/** The plan in force at the cycle's end is paid for; nothing for cycles that ended before there was a method. */
function newInvoice({ wallet, cycle, stored, catalog, nowMs }: Invoicing): InvoiceRecord | null {
  if (cycle.endMs <= stored.sinceMs) return null;
  const inForce = wallet.plans.findLast(({ fromMs }) => fromMs < cycle.endMs);
  const plan = catalog.plan(inForce?.plan ?? cycle.plan);
  if (plan === undefined || !plan.isPaid || plan.price === null || plan.price.amountMinor <= 0n) return null;
  const { amountMinor, currency } = plan.price;
  return {
    status: 'open',
    plan: plan.key,
    cycleEndMs: cycle.endMs,
    amountMinor,
    currency,
    askedAtMs: nowMs,
    attempt: 1,
    payment: null,
    reason: null,
  };
}
