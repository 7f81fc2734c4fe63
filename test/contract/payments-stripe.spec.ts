import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InvalidWebhook, PaymentUnavailable, StripeProcessor } from '@app/payments';
import type { Charge, PaymentNotice, Webhook } from '@app/payments';
import { StripeStandIn } from '../support/stripe-stand-in.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);
const SECRET = 'whsec_of_stripe';
const OLD_SECRET = 'whsec_before';

const standIn = new StripeStandIn();
let stripe: StripeProcessor;
beforeAll(async () => {
  stripe = new StripeProcessor({
    secretKey: 'sk_test_stand_in',
    webhookSecrets: [SECRET, OLD_SECRET],
    returnUrl: 'https://shop.example/credits',
    nowMs: () => NOW_MS,
    apiUrl: await standIn.start(),
  });
});
afterAll(() => standIn.stop());

let charges = 0;
function chargeOf(token: string, more: Partial<Charge> = {}): Charge {
  const id = `recharge-${charges++}`;
  return {
    idempotencyKey: `acme/${id}`,
    subject: { organisation: 'acme', purpose: 'recharge', id },
    amountMinor: 1_000n,
    currency: 'EUR',
    method: { kind: 'token', token, customer: 'cus_1' },
    askedAtMs: NOW_MS,
    ...more,
  };
}

describe('a charge by Stripe', () => {
  it.each([
    ['pm_paid', { kind: 'paid', payment: expect.stringMatching(/^pi_/) }],
    ['pm_slow', { kind: 'pending' }],
    ['pm_person', { kind: 'declined', reason: 'authentication_required' }],
    ['pm_declined', { kind: 'declined', reason: 'insufficient_funds' }],
    ['pm_unknown', { kind: 'declined', reason: 'resource_missing' }],
  ])('with %s', async (token, outcome) => {
    expect(await stripe.charge(chargeOf(token))).toEqual(outcome);
  });

  it('says what it is for, and how much', async () => {
    const charge = chargeOf('pm_paid');
    const outcome = await stripe.charge(charge);
    const intent = standIn.intents.get(outcome.kind === 'paid' ? outcome.payment : '');
    expect(intent).toMatchObject({
      amount: 1000,
      currency: 'eur',
      customer: 'cus_1',
      metadata: { creditfold_organisation: 'acme', creditfold_purpose: 'recharge', creditfold_id: charge.subject.id },
    });
  });

  it('is made once for one key, at once or again', async () => {
    const charge = chargeOf('pm_paid');
    const before = standIn.intents.size;
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => stripe.charge(charge)));
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(standIn.intents.size).toBe(before + 1);
  });

  it.each([
    ['the answer is lost', [0]],
    ['it is down for a moment', [500, 500]],
  ])('is made once when %s', async (_name, failures) => {
    const before = standIn.intents.size;
    standIn.failures.push(...failures);
    expect(await stripe.charge(chargeOf('pm_paid'))).toMatchObject({ kind: 'paid' });
    expect(standIn.intents.size).toBe(before + 1);
  });

  it('is of unknown outcome while Stripe is down', async () => {
    standIn.failures.push(500, 500, 500);
    const charge = chargeOf('pm_paid');
    await expect(stripe.charge(charge)).rejects.toThrow(PaymentUnavailable);
    expect(await stripe.charge(charge)).toMatchObject({ kind: 'paid' });
  });

  it('that is under way is looked at again, not believed to be so for ever', async () => {
    const charge = chargeOf('pm_slow');
    expect(await stripe.charge(charge)).toEqual({ kind: 'pending' });
    const [id, intent] = [...standIn.intents].at(-1) ?? ['', {}];
    standIn.intents.set(id, { ...intent, status: 'succeeded' });
    expect(await stripe.charge(charge)).toEqual({ kind: 'paid', payment: id });
  });

  it('is found again when Stripe has forgotten its key', async () => {
    const charge = chargeOf('pm_paid');
    const first = await stripe.charge(charge);
    standIn.forgetKeys();
    const old = { ...charge, askedAtMs: NOW_MS - 25 * 3_600_000 };
    expect(await stripe.charge(old)).toEqual(first);
  });

  it('stands when its key comes again with another method', async () => {
    const charge = chargeOf('pm_paid');
    const first = await stripe.charge(charge);
    const replaced = { kind: 'token', token: 'pm_slow', customer: null } as const;
    expect(await stripe.charge({ ...charge, method: replaced })).toEqual(first);
  });

  it('takes names that fit no header', async () => {
    const key = `${'organisation ключ '.repeat(20)}/recharge-1`;
    expect(await stripe.charge(chargeOf('pm_paid', { idempotencyKey: key }))).toMatchObject({ kind: 'paid' });
  });
});

describe('a checkout by Stripe', () => {
  const SUBJECT = { organisation: 'acme', purpose: 'checkout', id: 'c-1' } as const;
  const REQUEST = {
    idempotencyKey: 'acme/c-1',
    subject: SUBJECT,
    amountMinor: 1_000n,
    currency: 'EUR',
    title: 'small',
    method: null,
  };

  it('is one for one key, and is told of by webhooks', async () => {
    const begun = await stripe.createCheckout(REQUEST);
    expect(begun).toEqual({ url: expect.stringContaining('cs_test_'), status: 'open' });
    expect(await stripe.createCheckout(REQUEST)).toEqual(begun);
    expect(standIn.sessions).toHaveLength(1);
    const paid = { ...standIn.sessions[0], payment_status: 'paid', payment_intent: 'pi_checkout' };
    const event = { id: 'evt_1', type: 'checkout.session.completed', object: paid };
    const notice: PaymentNotice = {
      id: 'evt_1',
      kind: 'paid',
      subject: SUBJECT,
      payment: 'pi_checkout',
      amountMinor: 1_000n,
      currency: 'EUR',
      reason: null,
    };
    expect(stripe.verifyWebhook(StripeStandIn.webhook(event, SECRET, NOW_MS))).toEqual(notice);
    expect(stripe.verifyWebhook(StripeStandIn.webhook(event, OLD_SECRET, NOW_MS))).toEqual(notice);
    // The session is complete before a bank transfer has arrived.
    const unpaid = { ...event, object: { ...paid, payment_status: 'unpaid' } };
    expect(stripe.verifyWebhook(StripeStandIn.webhook(unpaid, SECRET, NOW_MS))).toBeNull();
    const failed = { ...unpaid, type: 'checkout.session.async_payment_failed' };
    expect(stripe.verifyWebhook(StripeStandIn.webhook(failed, SECRET, NOW_MS))).toMatchObject({ kind: 'declined' });
  });
});

describe("Stripe's webhooks", () => {
  const metadata = { creditfold_organisation: 'acme', creditfold_purpose: 'recharge', creditfold_id: 'recharge-1' };
  const intent = {
    id: 'pi_9',
    amount: 1000,
    currency: 'eur',
    metadata,
    last_payment_error: { decline_code: 'lost_card' },
  };
  const event = { id: 'evt_2', type: 'payment_intent.succeeded', object: intent };
  const genuine = StripeStandIn.webhook(event, SECRET, NOW_MS);

  it('tell of payments and declines', () => {
    expect(stripe.verifyWebhook(genuine)).toMatchObject({
      kind: 'paid',
      payment: 'pi_9',
      subject: { id: 'recharge-1' },
    });
    const failed = StripeStandIn.webhook({ ...event, type: 'payment_intent.payment_failed' }, SECRET, NOW_MS);
    expect(stripe.verifyWebhook(failed)).toMatchObject({ kind: 'declined', reason: 'lost_card' });
  });

  it('tell of which try at an invoice they are', async () => {
    const subject = { organisation: 'acme', purpose: 'invoice', id: '2025-01-01T00:00:00Z', attempt: 2 } as const;
    const outcome = await stripe.charge(chargeOf('pm_paid', { subject }));
    const { payment = '' } = outcome.kind === 'paid' ? outcome : {};
    const object = { ...intent, metadata: standIn.intents.get(payment)?.metadata };
    expect(stripe.verifyWebhook(StripeStandIn.webhook({ ...event, object }, SECRET, NOW_MS))?.subject).toEqual(subject);
  });

  it.each([
    ['another type', { ...event, type: 'customer.created' }],
    ['a payment of somebody else', { ...event, object: { ...intent, metadata: {} } }],
  ])('are no notice when they are about %s', (_name, other) => {
    expect(stripe.verifyWebhook(StripeStandIn.webhook(other, SECRET, NOW_MS))).toBeNull();
  });

  it.each<[string, Webhook, string]>([
    ['unsigned', { ...genuine, headers: {} }, 'InvalidSignature'],
    ['signed with nonsense', { ...genuine, headers: { 'stripe-signature': 'nonsense' } }, 'InvalidSignature'],
    ['signed by another secret', StripeStandIn.webhook(event, 'whsec_guessed', NOW_MS), 'InvalidSignature'],
    ['of another body', { ...genuine, body: Buffer.from('{}') }, 'InvalidSignature'],
    ['too old', StripeStandIn.webhook(event, SECRET, NOW_MS - 301_000), 'SignatureExpired'],
    ['too old, by the secret before', StripeStandIn.webhook(event, OLD_SECRET, NOW_MS - 301_000), 'SignatureExpired'],
  ])('are refused when they are %s', (_name, webhook, code) => {
    const verify = (): unknown => stripe.verifyWebhook(webhook);
    expect(verify).toThrow(InvalidWebhook);
    expect(verify).toThrow(expect.objectContaining({ code }));
  });
});
