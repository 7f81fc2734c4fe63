/**
 * The payment processor port: money is taken from a stored method, or by a checkout that the customer pays. Adapters:
 * the built-in test processor and Stripe. Knows nothing of credits.
 */

/** How the test processor answers: at once, never, after a while, or at once and then over and over. */
export const TEST_BEHAVIOURS = ['approve', 'decline', 'slow', 'repeat'] as const;
export type TestBehaviour = (typeof TEST_BEHAVIOURS)[number];

/** A stored payment method. `token` and `customer` are the processor's own names: no card data is ever seen here. */
export type PaymentMethod =
  | { readonly kind: 'test'; readonly behaviour: TestBehaviour }
  | { readonly kind: 'token'; readonly token: string; readonly customer: string | null };

/** What a payment is for. `id`: of the recharge or checkout, or the start of the invoiced cycle. */
export interface PaymentSubject {
  readonly organisation: string;
  readonly purpose: PaymentPurpose;
  readonly id: string;
  /** Which try at the invoice this is, from 2 on: what is said of an earlier one does not decide a later one. */
  readonly attempt?: number;
}

export const PAYMENT_PURPOSES = ['recharge', 'invoice', 'checkout'] as const;
export type PaymentPurpose = (typeof PAYMENT_PURPOSES)[number];

export interface Charge {
  /** The same key never takes money twice, however often it is sent. */
  readonly idempotencyKey: string;
  readonly subject: PaymentSubject;
  /** Above 0, in the currency's minor unit. */
  readonly amountMinor: bigint;
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly method: PaymentMethod;
  /** When the payment was first asked for: processors forget their idempotency keys. */
  readonly askedAtMs: number;
}

/** `pending`: neither yet; asking again with the same key, or a webhook, tells. `payment` is the processor's id. */
export type ChargeOutcome =
  | { readonly kind: 'paid'; readonly payment: string }
  | { readonly kind: 'declined'; readonly reason: string }
  | { readonly kind: 'pending' };

export interface CheckoutRequest {
  readonly idempotencyKey: string;
  readonly subject: PaymentSubject;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** What the customer reads beside the price. */
  readonly title: string;
  /** The organisation's stored method; the test processor pays with it, others ask the customer. */
  readonly method: PaymentMethod | null;
}

export interface Checkout {
  /** Where the customer pays. */
  readonly url: string;
  readonly status: 'open' | 'paid' | 'expired';
}

/** What a signed webhook says. Delivered at least once, in any order. */
export interface PaymentNotice {
  /** Unique to what happened; equal in redeliveries. */
  readonly id: string;
  readonly kind: 'paid' | 'declined';
  readonly subject: PaymentSubject;
  readonly payment: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reason: string | null;
}

/** A webhook as it came: its bytes, and its headers with lower-case names. */
export interface Webhook {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface PaymentProcessor {
  readonly name: 'test' | 'stripe';
  /** Header that carries the signature of its webhooks, lower case. */
  readonly signatureHeader: string;
  accepts(method: PaymentMethod): boolean;
  /** Once per idempotency key, whatever becomes of the caller. @throws {PaymentUnavailable} ask again, same key */
  charge(charge: Charge): Promise<ChargeOutcome>;
  /** The same checkout for the same key. @throws {PaymentUnavailable} */
  createCheckout(request: CheckoutRequest): Promise<Checkout>;
  /** What the webhook says; null when it is genuine and about something else. @throws {InvalidWebhook} */
  verifyWebhook(webhook: Webhook): PaymentNotice | null;
  /** Ends what is under way. */
  close(): void;
}

/** The processor cannot be reached, or did not say what became of it: the same key may be sent again. */
export class PaymentUnavailable extends Error {
  override readonly name = 'PaymentUnavailable';
  readonly code = 'PaymentUnavailable';
}

export type InvalidWebhookCode = 'InvalidSignature' | 'SignatureExpired' | 'InvalidWebhookBody';

/** A webhook that is not to be believed: not signed, signed by another secret, too old, or no notice at all. */
export class InvalidWebhook extends Error {
  override readonly name = 'InvalidWebhook';

  constructor(
    readonly code: InvalidWebhookCode,
    message: string,
  ) {
    super(message);
  }
}
