import { TEST_BEHAVIOURS } from '@app/payments';
import type { PaymentMethod } from '@app/payments';
import type { AccountState } from '@app/metering';
import { z } from 'zod';

/** Records (`AccountRecordPut`) in which an account keeps what concerns its payments. No rule of the fold reads them. */
export const METHOD_RECORD = 'payment-method';
export const CHECKOUT_RECORD = 'checkout';
export const INVOICE_RECORD = 'invoice-payment';
/** An organisation has one stored method. */
export const METHOD_KEY = 'default';

const minor = z
  .string()
  .regex(/^\d{1,30}$/)
  .transform(BigInt);
const nanos = minor;

const methodRecord = z.object({
  method: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('test'), behaviour: z.enum(TEST_BEHAVIOURS) }),
    z.object({ kind: z.literal('token'), token: z.string(), customer: z.string().nullable() }),
  ]),
  /** Ledger time since when there has been a method: invoices of cycles that ended before are not its business. */
  sinceMs: z.int(),
  /** When this one was stored: what another one was declined for is tried again with it. */
  storedAtMs: z.int(),
});

const period = z.object({ months: z.int(), days: z.int() }).nullable();

const checkoutRecord = z.object({
  package: z.string(),
  // Checkouts that were begun before these were kept have none.
  actor: z.string().nullable().exactOptional(),
  pool: z.string().exactOptional(),
  expires: period.exactOptional(),
  refundWindow: period.exactOptional(),
  quantityNanos: nanos.nullable(),
  creditsNanos: nanos,
  bonusNanos: nanos,
  amountMinor: minor,
  currency: z.string(),
});

const invoiceRecord = z.object({
  status: z.enum(['open', 'paid', 'declined']),
  plan: z.string(),
  cycleEndMs: z.int(),
  amountMinor: minor,
  currency: z.string(),
  askedAtMs: z.int(),
  /** Counted up when a declined invoice is tried with another method. */
  attempt: z.int(),
  payment: z.string().nullable(),
  reason: z.string().nullable(),
});

export interface StoredMethod {
  readonly method: PaymentMethod;
  readonly sinceMs: number;
  readonly storedAtMs: number;
}
export type CheckoutRecord = z.output<typeof checkoutRecord>;
/** The price of a plan for one cycle: `open` until the processor has said what became of it. */
export type InvoiceRecord = z.output<typeof invoiceRecord>;

/** JSON text of a record; amounts are decimal strings. */
export const recordText = (value: StoredMethod | CheckoutRecord | InvoiceRecord): string =>
  JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each));

export const storedMethodOf = (state: AccountState): StoredMethod | null =>
  read(state, methodRecord, `${METHOD_RECORD}/${METHOD_KEY}`);

export const checkoutOf = (state: AccountState, id: string): CheckoutRecord | null =>
  read(state, checkoutRecord, `${CHECKOUT_RECORD}/${id}`);

/** `id`: the start of the cycle, as RFC 3339. */
export const invoiceOf = (state: AccountState, id: string): InvoiceRecord | null =>
  read(state, invoiceRecord, `${INVOICE_RECORD}/${id}`);

function read<T>(state: AccountState, schema: z.ZodType<T>, key: string): T | null {
  const text = state.records.get(key);
  return text === undefined ? null : schema.parse(JSON.parse(text));
}
