import { describe, expect, it } from '@jest/globals';
import { invoiceAfter } from './invoice-after.js';
import type { Verdict } from './invoice-after.js';
import type { InvoiceRecord } from './payment-records.js';

const OPEN: InvoiceRecord = {
  status: 'open',
  plan: 'pro',
  cycleEndMs: Date.UTC(2025, 1, 1),
  amountMinor: 4_900n,
  currency: 'USD',
  askedAtMs: Date.UTC(2025, 1, 1),
  attempt: 2,
  payment: null,
  reason: null,
};
const DECLINED: InvoiceRecord = { ...OPEN, status: 'declined', reason: 'lost_card' };
const PAID: InvoiceRecord = { ...OPEN, status: 'paid', payment: 'pi_1' };
const paid: Verdict = { kind: 'paid', payment: 'pi_1' };
const declined: Verdict = { kind: 'declined', reason: 'lost_card' };

describe('an invoice in its second try', () => {
  it.each<[string, InvoiceRecord, number, Verdict, InvoiceRecord | null]>([
    ['is paid by it', OPEN, 2, paid, PAID],
    ['is declined by it', OPEN, 2, declined, DECLINED],
    ['is paid by money of the first', OPEN, 1, paid, PAID],
    ['is not declined by the first', OPEN, 1, declined, null],
    ['is paid after its decline', DECLINED, 2, paid, PAID],
    ['is declined once', DECLINED, 2, declined, null],
    ['stays paid', PAID, 2, declined, null],
    ['is paid once', PAID, 1, paid, null],
  ])('%s', (_what, invoice, ...[attempt, verdict, after]) => {
    expect(invoiceAfter(invoice, attempt, verdict)).toEqual(after);
  });
});
