import type { Stripe } from 'stripe';
import { PAYMENT_PURPOSES } from '../payment-processor.js';
import type { PaymentNotice, PaymentSubject } from '../payment-processor.js';

/** What one of Stripe's events says of a payment that was begun here; null for everything else. */
export function noticeOfEvent(event: Stripe.Event): PaymentNotice | null {
  if (
    event.type === 'checkout.session.completed' ||
    event.type === 'checkout.session.async_payment_succeeded' ||
    event.type === 'checkout.session.async_payment_failed'
  )
    return noticeOfSession(event.id, event.type, event.data.object);
  if (event.type === 'payment_intent.succeeded' || event.type === 'payment_intent.payment_failed')
    return noticeOfIntent(event.id, event.type, event.data.object);
  return null;
}

function noticeOfSession(id: string, type: string, session: Stripe.Checkout.Session): PaymentNotice | null {
  const subject = subjectOf(session.metadata);
  const isFailed = type === 'checkout.session.async_payment_failed';
  // A session also completes before a bank transfer has arrived: another event tells of the money.
  if (subject === null || (!isFailed && session.payment_status !== 'paid')) return null;
  const { payment_intent: intent } = session;
  return {
    id,
    kind: isFailed ? 'declined' : 'paid',
    subject,
    payment: (typeof intent === 'string' ? intent : intent?.id) ?? session.id,
    amountMinor: BigInt(session.amount_total ?? 0),
    currency: (session.currency ?? '').toUpperCase(),
    reason: isFailed ? 'payment_failed' : null,
  };
}

function noticeOfIntent(id: string, type: string, intent: Stripe.PaymentIntent): PaymentNotice | null {
  const subject = subjectOf(intent.metadata);
  if (subject === null) return null;
  const isPaid = type === 'payment_intent.succeeded';
  return {
    id,
    kind: isPaid ? 'paid' : 'declined',
    subject,
    payment: intent.id,
    amountMinor: BigInt(intent.amount),
    currency: intent.currency.toUpperCase(),
    reason: isPaid ? null : declineReasonOf(intent.last_payment_error),
  };
}

/** The processor's code of a refusal: it names no card and no person. */
export const declineReasonOf = (
  error: { readonly code?: string | null; readonly decline_code?: string | null } | null | undefined,
): string => error?.decline_code ?? error?.code ?? 'payment_failed';

/** The subject as metadata, which Stripe keeps with the payment and sends back with its events. */
export const metadataOf = (subject: PaymentSubject): Record<string, string> => ({
  creditfold_organisation: subject.organisation,
  creditfold_purpose: subject.purpose,
  creditfold_id: subject.id,
  ...(subject.attempt === undefined ? {} : { creditfold_attempt: String(subject.attempt) }),
});

function subjectOf(metadata: Readonly<Record<string, string>> | null): PaymentSubject | null {
  const purpose = PAYMENT_PURPOSES.find((each) => each === metadata?.['creditfold_purpose']);
  const organisation = metadata?.['creditfold_organisation'];
  const id = metadata?.['creditfold_id'];
  if (purpose === undefined || organisation === undefined || id === undefined) return null;
  const attempt = Number(metadata?.['creditfold_attempt']);
  return { organisation, purpose, id, ...(Number.isSafeInteger(attempt) ? { attempt } : {}) };
}
