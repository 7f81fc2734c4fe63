import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatNotice, signWebhook } from '@app/payments';
import type { ApiAnswer } from '../support/api-client.js';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';
import { eventually } from '../support/eventually.js';
import { ok, PayingAccounts, settle } from '../support/paying-accounts.js';
import { StripeStandIn } from '../support/stripe-stand-in.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);
const SECRET = 'whsec_of_a_deployment_with_stripe';
const TOKEN = { kind: 'token', token: 'pm_paid', customer: 'cus_1' };

const standIn = new StripeStandIn();
let api: ApiHarness;
let accounts: PayingAccounts;
beforeAll(async () => {
  const env = {
    CREDITFOLD_STRIPE_SECRET_KEY: 'sk_test_stand_in',
    CREDITFOLD_STRIPE_API_URL: await standIn.start(),
    CREDITFOLD_CHECKOUT_RETURN_URL: 'https://shop.example/credits',
    CREDITFOLD_PAYMENT_WEBHOOK_SECRET: SECRET,
  };
  api = await startApiHarness({}, { env });
  await api.publishCatalog();
  accounts = new PayingAccounts(api, NOW_MS);
});
afterAll(async () => {
  await api.stop();
  await standIn.stop();
});

const send = (body: Uint8Array<ArrayBuffer>, headers: Record<string, string>): Promise<ApiAnswer> =>
  api.admin.post('/v1/payments/webhook', {
    key: null,
    raw: body,
    headers: { 'content-type': 'application/json', ...headers },
  });

describe('a deployment with Stripe', () => {
  it('pays recharges by the stored token, once', async () => {
    await accounts.open('acme', null);
    await ok(accounts.put('acme/payment-method', TOKEN));
    await accounts.spend('acme', '600');
    await eventually('the purchase', async () => (await accounts.purchases('acme')).length > 0);
    await settle();
    expect(await accounts.purchases('acme')).toMatchObject([{ id: 'recharge-1', paymentReference: 'pi_1' }]);
    expect([...standIn.intents.values()]).toMatchObject([{ amount: 1000, currency: 'eur', customer: 'cus_1' }]);
    expect((await accounts.get('acme/payment-method')).json()).toMatchObject({ kind: 'token', token: 'paid' });
  });

  it('credits a checkout when Stripe says so, once', async () => {
    await ok(accounts.put('buyer', { plan: 'pro' }));
    const begun = (await ok(accounts.post('buyer/checkouts', { package: 'small' }, 'one'))).json() as { url: string };
    expect(begun.url).toContain('checkout.stripe.test');
    const object = { ...standIn.sessions[0], payment_status: 'paid', payment_intent: 'pi_checkout' };
    for (const id of ['evt_1', 'evt_1', 'evt_2']) {
      const event = { id, type: 'checkout.session.completed', object };
      const { body, headers } = StripeStandIn.webhook(event, SECRET, NOW_MS);
      expect((await send(body, headers)).json()).toEqual({ received: true });
    }
    expect(await accounts.purchases('buyer')).toMatchObject([{ cause: 'checkout', paymentReference: 'pi_checkout' }]);
  });

  it('lets nobody pay with nothing: test methods and test notices are for sandboxes alone', async () => {
    const method = await accounts.put('buyer/payment-method', { kind: 'test', behaviour: 'approve' });
    expect(method.problem()).toMatchObject({ status: 422, errors: [{ pointer: '/kind', code: 'NotAccepted' }] });
    const { id } = (await ok(accounts.post('buyer/checkouts', { package: 'small' }))).json() as { id: string };
    const subject = { organisation: 'buyer', purpose: 'checkout', id } as const;
    const notice = { id: 'te_1', kind: 'paid', payment: 'tp_1', amountMinor: 1_000n, currency: 'EUR' } as const;
    const body = Buffer.from(formatNotice({ ...notice, subject, reason: null }));
    const signature = signWebhook(body, SECRET, NOW_MS);
    for (const header of ['creditfold-signature', 'stripe-signature'])
      expect((await send(body, { [header]: signature })).status).toBe(header === 'stripe-signature' ? 200 : 401);
    expect(await accounts.purchases('buyer')).toHaveLength(1);
  });

  it('takes no money for sandboxes: they pay through the test processor alone', async () => {
    const before = standIn.intents.size;
    await ok(accounts.put('trial', { plan: 'pro', clock: { manual: '2025-01-01T00:00:00Z' } }));
    expect((await accounts.put('trial/payment-method', TOKEN)).status).toBe(422);
    await ok(accounts.put('trial/payment-method', { kind: 'test', behaviour: 'approve' }));
    await ok(accounts.put('trial/auto-recharge', { enabled: true, package: 'small', threshold: '500' }));
    await accounts.spend('trial', '600');
    await eventually('the purchase', async () => (await accounts.purchases('trial')).length === 1);
    await ok(accounts.post('trial/checkouts', { package: 'small' }));
    await eventually('the checkout', async () => (await accounts.purchases('trial')).length === 2);
    expect(standIn.intents.size).toBe(before);
  });
});
