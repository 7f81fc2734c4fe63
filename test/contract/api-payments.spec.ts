import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formatNotice, signWebhook } from '@app/payments';
import type { PaymentNotice } from '@app/payments';
import type { RunningAggregator } from '../../apps/aggregator/src/index.js';
import type { ApiAnswer } from '../support/api-client.js';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';
import { eventually } from '../support/eventually.js';
import { ok, PayingAccounts, settle } from '../support/paying-accounts.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);
const HOUR_MS = 3_600_000;
const SECRET = 'whsec_of_these_tests';
const OLD_SECRET = 'whsec_that_is_replaced';

let api: ApiHarness;
let accounts: PayingAccounts;
let aggregator: RunningAggregator;
beforeAll(async () => {
  const env = { CREDITFOLD_PAYMENT_WEBHOOK_SECRET: `${SECRET}, ${OLD_SECRET}` };
  api = await startApiHarness({}, { env });
  await api.publishCatalog();
  accounts = new PayingAccounts(api, NOW_MS);
  aggregator = await accounts.startAggregator();
});
afterAll(async () => {
  await aggregator.stop();
  await api.stop();
});

const bought = async (organisation: string, count: number): Promise<void> =>
  eventually(
    `${count} purchases of ${organisation}`,
    async () => (await accounts.purchases(organisation)).length === count,
  );

const noticeOf = (organisation: string, id: string, more: Partial<PaymentNotice> = {}): PaymentNotice => ({
  id: `te_${organisation}_${id}`,
  kind: 'paid',
  subject: { organisation, purpose: 'checkout', id },
  payment: `tp_${organisation}_${id}`,
  amountMinor: 1_000n,
  currency: 'EUR',
  reason: null,
  ...more,
});

const send = (raw: string, signature: string | null): Promise<ApiAnswer> =>
  api.admin.post('/v1/payments/webhook', {
    key: null,
    raw,
    headers: {
      'content-type': 'application/json',
      ...(signature === null ? {} : { 'creditfold-signature': signature }),
    },
  });

const deliver = (notice: PaymentNotice, atMs = NOW_MS): Promise<ApiAnswer> => {
  const raw = formatNotice(notice);
  return send(raw, signWebhook(Buffer.from(raw), SECRET, atMs));
};

describe('auto-recharge', () => {
  it.each(['approve', 'slow', 'repeat'])('buys once when credits fall below the threshold: %s', async (behaviour) => {
    await accounts.open(behaviour, behaviour);
    await accounts.spend(behaviour, '500');
    expect(await accounts.events(behaviour, 'RechargeRequested')).toEqual([]);
    await accounts.spend(behaviour, '1');
    await bought(behaviour, 1);
    await settle();
    expect(await accounts.purchases(behaviour)).toMatchObject([
      { id: 'recharge-1', cause: 'recharge', credits: '2500000', price: { amount: '10.00', currency: 'EUR' } },
    ]);
    expect(await accounts.available(behaviour)).toBe('2500499');
    expect((await accounts.get(`${behaviour}/auto-recharge`)).json()).toMatchObject({
      enabled: true,
      threshold: '500',
      monthlyLimit: '50.00',
      spentThisMonth: '10.00',
      open: null,
      retryAt: null,
    });
  });

  it('is requested once by usage that crosses the threshold, in the append that crosses it', async () => {
    await accounts.open('user', 'approve');
    const events = Array.from({ length: 90 }, (_, index) => ({
      specversion: '1.0',
      id: `u-${index}`,
      source: '/gateway',
      type: 'llm.completion',
      subject: 'user',
      time: new Date(NOW_MS - index).toISOString(),
      data: { input_tokens: 20_000 },
    }));
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    await ok(api.admin.post('/v1/events', { raw: JSON.stringify(events), headers }));
    await bought('user', 1);
    await eventually('all of the usage', async () => (await accounts.available('user')) === '2500100');
    const requests = await accounts.events('user', 'RechargeRequested');
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ by: { kind: 'usage', id: 'u-50' }, price: { amountMinor: 1_000n } });
  });

  it('waits for an hour after a decline, and then asks again', async () => {
    await accounts.open('decline', 'decline');
    await accounts.spend('decline', '600');
    await eventually('the decline', async () => (await accounts.events('decline', 'RechargeDeclined')).length === 1);
    expect(await accounts.events('decline', 'RechargeDeclined')).toMatchObject([{ reason: 'card_declined' }]);
    expect((await accounts.get('decline/auto-recharge')).json()).toMatchObject({
      open: null,
      retryAt: new Date(NOW_MS + HOUR_MS).toISOString().replace('.000', ''),
    });
    await ok(accounts.put('decline/payment-method', { kind: 'test', behaviour: 'approve' }));
    await accounts.spend('decline', '1');
    await settle();
    expect(await accounts.events('decline', 'RechargeRequested')).toHaveLength(1);
    accounts.setNow(NOW_MS + HOUR_MS);
    await accounts.spend('decline', '1');
    await bought('decline', 1);
    accounts.setNow(NOW_MS);
    expect(await accounts.purchases('decline')).toMatchObject([{ id: 'recharge-2' }]);
  });

  it('is declined where no payment method is stored', async () => {
    await accounts.open('cashless', null);
    await accounts.spend('cashless', '600');
    await eventually('the decline', async () => (await accounts.events('cashless', 'RechargeDeclined')).length === 1);
    expect(await accounts.events('cashless', 'RechargeDeclined')).toMatchObject([{ reason: 'no_payment_method' }]);
    expect(await accounts.purchases('cashless')).toEqual([]);
  });

  it('stops at 50.00 a month unless told otherwise, and goes on in the next month', async () => {
    const threshold = '1000000000000';
    await accounts.open('limited', 'approve', { threshold });
    await bought('limited', 5);
    await accounts.open('thrifty', 'approve', { threshold, monthlyLimit: '29.99' });
    await bought('thrifty', 2);
    await settle();
    expect(await accounts.purchases('limited')).toHaveLength(5);
    expect(await accounts.purchases('thrifty')).toHaveLength(2);
    accounts.setNow(Date.UTC(2026, 11, 1, 12));
    await accounts.spend('limited', '1');
    await bought('limited', 10);
    accounts.setNow(NOW_MS);
  });

  it('asks for nothing while paused, disabled or on a free plan', async () => {
    await accounts.open('resting', 'approve');
    await ok(accounts.post('resting/pause', {}));
    await accounts.open('switched-off', 'approve', { enabled: false });
    await ok(accounts.put('gratis', { plan: 'free' }));
    await ok(accounts.put('gratis/auto-recharge', { enabled: true, package: 'small', threshold: '500' }));
    for (const organisation of ['resting', 'switched-off', 'gratis']) {
      await accounts.spend(organisation, '900');
      expect([organisation, await accounts.events(organisation, 'RechargeRequested')]).toEqual([organisation, []]);
    }
    await ok(accounts.post('resting/resume', {}));
    await bought('resting', 1);
  });

  it('credits a payment that comes after its decline, once', async () => {
    await accounts.open('late', 'decline');
    await accounts.spend('late', '600');
    await eventually('the decline', async () => (await accounts.events('late', 'RechargeDeclined')).length === 1);
    const subject = { organisation: 'late', purpose: 'recharge', id: 'recharge-1' } as const;
    const notice = noticeOf('late', 'recharge-1', { subject });
    for (let times = 0; times < 3; times++) expect((await deliver(notice)).json()).toEqual({ received: true });
    const declined = { ...notice, kind: 'declined', reason: 'card_declined' } as const;
    expect((await deliver(declined)).status).toBe(200);
    expect(await accounts.purchases('late')).toMatchObject([{ id: 'recharge-1' }]);
    expect(await accounts.available('late')).toBe('2500400');
  });

  it.each<[string, object, number, string]>([
    ['a package that is none', { package: 'huge' }, 409, 'UnknownPackage'],
    ['a limit finer than cents', { monthlyLimit: '9.999' }, 422, 'InvalidBody'],
    ['a negative limit', { monthlyLimit: '-1' }, 422, 'InvalidBody'],
    ['a negative threshold', { threshold: '-1' }, 422, 'InvalidBody'],
    ['an unknown field', { currency: 'EUR' }, 422, 'InvalidBody'],
  ])('is not set with %s', async (_name, wrong, ...[status, code]) => {
    const json = { enabled: true, package: 'small', threshold: '5', ...wrong };
    expect((await accounts.put('cashless/auto-recharge', json)).problem()).toMatchObject({ status, code });
  });
});

describe('a payment webhook', () => {
  const raw = formatNotice(noticeOf('nobody', 'c-1'));
  const signed = (secret: string, atMs: number, body = raw): string => signWebhook(Buffer.from(body), secret, atMs);

  it.each<[string, string, string | null, number, string]>([
    ['unsigned', raw, null, 401, 'InvalidSignature'],
    ['signed with nonsense', raw, 'nonsense', 401, 'InvalidSignature'],
    ['signed by another secret', raw, signed('guessed', NOW_MS), 401, 'InvalidSignature'],
    ['signed for another body', raw, signed(SECRET, NOW_MS, '{}'), 401, 'InvalidSignature'],
    ['signed too long ago', raw, signed(SECRET, NOW_MS - 301_000), 401, 'SignatureExpired'],
    ['signed in the future', raw, signed(SECRET, NOW_MS + 301_000), 401, 'SignatureExpired'],
    ['genuine and no JSON', '{', signed(SECRET, NOW_MS, '{'), 400, 'InvalidWebhookBody'],
    ['genuine and no notice', '{}', signed(SECRET, NOW_MS, '{}'), 400, 'InvalidWebhookBody'],
  ])('is refused when it is %s', async (_name, body, signature, ...[status, code]) => {
    expect((await send(body, signature)).problem()).toMatchObject({ status, code });
  });

  it.each([
    ['the secret', SECRET, NOW_MS],
    ['the secret that is being replaced', OLD_SECRET, NOW_MS],
    ['the secret, four minutes ago', SECRET, NOW_MS - 240_000],
  ])('is taken when it is signed by %s, whatever it is about', async (_name, secret, atMs) => {
    expect((await send(raw, signed(secret, atMs))).json()).toEqual({ received: true });
  });

  it('is never written to the log', () => {
    expect(api.logLines.join('')).not.toContain(SECRET);
    expect(api.logLines.join('')).not.toContain('v1=');
  });
});

const begin = async (organisation: string, json: object = { package: 'small' }, key?: string) =>
  (await ok(accounts.post(`${organisation}/checkouts`, json, key))).json() as { id: string; url: string };

describe('a checkout', () => {
  it('is credited once, however often and however simultaneously its webhook comes', async () => {
    await ok(accounts.put('buyer', { plan: 'pro' }));
    const { id, ...rest } = await begin('buyer');
    expect(rest).toEqual({ url: expect.stringMatching(/^https:/), status: 'open', revision: expect.any(String) });
    expect(await accounts.purchases('buyer')).toEqual([]);
    const notice = noticeOf('buyer', id);
    const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(notice)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    // Another notice about the same payment, under an id of its own.
    await ok(deliver({ ...notice, id: 'te_other' }));
    expect(await accounts.purchases('buyer')).toMatchObject([
      { cause: 'checkout', paymentReference: notice.payment, credits: '2500000' },
    ]);
    expect(await accounts.available('buyer')).toBe('2501000');
  });

  it.each([
    ['approve', 1],
    ['repeat', 1],
    ['slow', 1],
    ['decline', 0],
  ])('is paid as the stored test method says: %s', async (behaviour, count) => {
    const organisation = `checkout-${behaviour}`;
    await ok(accounts.put(organisation, { plan: 'pro' }));
    await ok(accounts.put(`${organisation}/payment-method`, { kind: 'test', behaviour }));
    await begin(organisation);
    await bought(organisation, count);
    await settle();
    expect(await accounts.purchases(organisation)).toHaveLength(count);
  });

  it('is the same one for the same key and body', async () => {
    await ok(accounts.put('repeater', { plan: 'pro' }));
    const first = await begin('repeater', undefined, 'again');
    expect(await begin('repeater', undefined, 'again')).toEqual(first);
    const other = await accounts.post('repeater/checkouts', { package: 'small', quantity: '2' }, 'again');
    expect(other.problem()).toMatchObject({ status: 422, code: 'IdempotencyKeyReused' });
    expect((await begin('repeater')).id).not.toBe(first.id);
  });

  it('credits what was quoted, also when the plan is free by the time it is paid', async () => {
    await ok(accounts.put('leaver', { plan: 'pro' }));
    const { id } = await begin('leaver');
    await ok(accounts.post('leaver/plan', { plan: 'free', at: 'now' }));
    expect((await accounts.post('leaver/checkouts', { package: 'small' })).problem().code).toBe('PlanNotPaid');
    await ok(deliver(noticeOf('leaver', id)));
    expect(await accounts.purchases('leaver')).toHaveLength(1);
  });

  it('is not credited by a notice of another organisation, of less money or of another currency', async () => {
    await ok(accounts.put('target', { plan: 'pro' }));
    const { id } = await begin('target');
    for (const notice of [
      noticeOf('repeater', id),
      noticeOf('target', 'c-unknown'),
      noticeOf('target', id, { amountMinor: 999n }),
      noticeOf('target', id, { currency: 'JPY' }),
      noticeOf('target', id, { kind: 'declined' }),
    ])
      await ok(deliver(notice));
    expect(await accounts.purchases('target')).toEqual([]);
    expect(await accounts.purchases('repeater')).toEqual([]);
  });

  it.each<[string, unknown, number, string]>([
    ['a package that is none', { package: 'huge' }, 409, 'UnknownPackage'],
    ['a part of a fixed package', { package: 'small', quantity: '0.5' }, 409, 'QuantityOutOfRange'],
    ['a price of its own', { package: 'small', price: '0.01' }, 422, 'InvalidBody'],
  ])('is refused for %s', async (_name, json, ...[status, code]) => {
    expect((await accounts.post('repeater/checkouts', json)).problem()).toMatchObject({ status, code });
  });
});

describe('purchases', () => {
  it('are one when 100 with one key come at once', async () => {
    await ok(accounts.put('crowd', { plan: 'pro' }));
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => accounts.post('crowd/purchases', { package: 'small' }, 'one key')),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => (answer.json() as { id: string }).id)).size).toBe(1);
    expect(await accounts.purchases('crowd')).toHaveLength(1);
    expect(await accounts.available('crowd')).toBe('2501000');
  });
});

describe('a payment method', () => {
  it("is the operator's to store, and the organisation's to read", async () => {
    await ok(accounts.put('owner', { plan: 'pro' }));
    const owner = await api.clientWith({ organisation: 'owner', scopes: ['read', 'write'] });
    const path = '/v1/organisations/owner/payment-method';
    expect((await owner.get(path)).status).toBe(404);
    const json = { kind: 'test', behaviour: 'approve' };
    expect((await owner.put(path, { json })).problem().code).toBe('ScopeMissing');
    await ok(api.admin.put(path, { json }));
    expect((await owner.get(path)).json()).toMatchObject({ kind: 'test', behaviour: 'approve', token: null });
    const token = await api.admin.put(path, { json: { kind: 'token', token: 'pm_1' } });
    expect(token.problem()).toMatchObject({ status: 422, errors: [{ pointer: '/kind', code: 'NotAccepted' }] });
  });
});
