import type { InvoiceRecord } from './payment-records.js';

/** What the processor said of a payment. */
export type Verdict =
  { readonly kind: 'paid'; readonly payment: string } | { readonly kind: 'declined'; readonly reason: string };

/**
 * An invoice after what was said of one try at it, late and in any order; null where that changes nothing. What is paid
 * stays paid, and an earlier try's money pays too; its decline says nothing of the try under way.
 */
export function invoiceAfter(invoice: InvoiceRecord, attempt: number, verdict: Verdict): InvoiceRecord | null {
  if (invoice.status === 'paid' || invoice.status === verdict.kind) return null;
  if (verdict.kind === 'paid') return { ...invoice, status: 'paid', payment: verdict.payment, reason: null };
  if (attempt !== invoice.attempt) return null;
  return { ...invoice, status: 'declined', payment: null, reason: verdict.reason };
}
