import { InvalidWebhook, PAYMENT_PURPOSES } from '../payment-processor.js';
import type { PaymentNotice } from '../payment-processor.js';

/** A notice as the JSON body of the test processor's webhooks. Amounts are decimal strings of minor units. */
export const formatNotice = (notice: PaymentNotice): string =>
  JSON.stringify({ ...notice, amountMinor: notice.amountMinor.toString() });

/** The notice in a webhook's body. @throws {InvalidWebhook} InvalidWebhookBody */
export function parseNotice(body: Uint8Array): PaymentNotice {
  const value = objectOf(jsonOf(body));
  const subject = objectOf(value['subject']);
  const purpose = PAYMENT_PURPOSES.find((each) => each === subject['purpose']);
  const kind = value['kind'];
  const amount = textOf(value['amountMinor']);
  const { attempt } = subject;
  if (purpose === undefined || (kind !== 'paid' && kind !== 'declined') || !/^\d{1,18}$/.test(amount))
    throw malformed();
  return {
    id: textOf(value['id']),
    kind,
    subject: {
      organisation: textOf(subject['organisation']),
      purpose,
      id: textOf(subject['id']),
      ...(typeof attempt === 'number' ? { attempt } : {}),
    },
    payment: textOf(value['payment']),
    amountMinor: BigInt(amount),
    currency: textOf(value['currency']),
    reason: typeof value['reason'] === 'string' ? value['reason'] : null,
  };
}

const malformed = (): InvalidWebhook => new InvalidWebhook('InvalidWebhookBody', 'the body is no payment notice');

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch {
    throw malformed();
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed();
  return value as Readonly<Record<string, unknown>>;
}

function textOf(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw malformed();
  return value;
}
