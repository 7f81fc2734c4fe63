import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningAggregator } from '../../apps/aggregator/src/index.js';
import type { ApiAnswer, ApiRequest } from '../support/api-client.js';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';
import { eventually } from '../support/eventually.js';
import { ok, PayingAccounts, settle } from '../support/paying-accounts.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);
const DAY_MS = 86_400_000;
const BEGIN = '2025-01-01T00:00:00Z';
const BEGIN_MS = Date.parse(BEGIN);

let api: ApiHarness;
let accounts: PayingAccounts;
let aggregator: RunningAggregator | undefined;
beforeAll(async () => {
  api = await startApiHarness();
  await api.publishCatalog();
  accounts = new PayingAccounts(api, NOW_MS);
  aggregator = await accounts.startAggregator();
});
afterAll(async () => {
  await aggregator?.stop();
  await api.stop();
});

const openSandbox = (organisation: string, more: object = {}): Promise<ApiAnswer> =>
  ok(accounts.put(organisation, { plan: 'pro', clock: { manual: BEGIN }, ...more }));

const moveTo = (organisation: string, ms: number, request: ApiRequest = {}): Promise<ApiAnswer> =>
  api.admin.post(`/v1/organisations/${organisation}/clock`, { json: { to: new Date(ms).toISOString() }, ...request });

let ids = 0;
/** One event that costs 10 credits. */
const use = (organisation: string, ms: number, id = `s-${ids++}`): Promise<ApiAnswer> =>
  api.admin.post('/v1/events', {
    raw: JSON.stringify({
      specversion: '1.0',
      id,
      source: '/gateway',
      type: 'llm.completion',
      subject: organisation,
      time: new Date(ms).toISOString(),
      data: { input_tokens: 20_000 },
    }),
    headers: { 'content-type': 'application/cloudevents+json' },
  });

const reasonAt = async (organisation: string, ms: number): Promise<string> => {
  const answer = await use(organisation, ms);
  return answer.status === 202 ? 'accepted' : (answer.problem().errors?.[0]?.code ?? '');
};

const ledgerTimeOf = async (organisation: string): Promise<string> => {
  const gate = (await accounts.get(`${organisation}/gate?pool=credits`)).json() as { asOf: { ledgerTime: string } };
  return gate.asOf.ledgerTime;
};

describe("a sandbox's clock", () => {
  it('begins where it was set, and neither commands nor usage move it', async () => {
    await openSandbox('still');
    expect(await ledgerTimeOf('still')).toBe(BEGIN);
    await accounts.spend('still', '1');
    await ok(use('still', BEGIN_MS));
    await eventually('the charge', async () => (await accounts.available('still')) === '989');
    expect(await ledgerTimeOf('still')).toBe(BEGIN);
  });

  it('walks through a year, cycle by cycle, and closes each', async () => {
    await openSandbox('year');
    for (let month = 1; month <= 12; month++) {
      const start = Date.UTC(2025, month - 1, 1);
      for (let event = 0; event < 3; event++) await ok(use('year', start + event * 3_600_000, `y-${month}-${event}`));
      const moved = await moveTo('year', Date.UTC(2025, month, 1));
      expect([month, moved.status]).toEqual([month, 200]);
      // The new month's credits have come, the old one's have gone.
      expect([month, await accounts.available('year')]).toEqual([month, '1000']);
    }
    await ok(moveTo('year', Date.UTC(2026, 0, 1, 1)));
    const ended = await accounts.events('year', 'CycleEnded');
    const closed = await accounts.events('year', 'CycleClosed');
    expect(ended.map(({ ended: cycle }) => cycle.startMs)).toEqual(closed.map(({ cycle }) => cycle.startMs));
    expect(closed).toHaveLength(12);
    expect((await accounts.events('year', 'UsageQuarantined')).length).toBe(0);
    const charged = (await accounts.events('year', 'UsageCharged')).flatMap(({ evidence }) => evidence);
    expect(charged).toHaveLength(36);
  });

  it('moves by 400 days at most, and never back', async () => {
    await openSandbox('steps');
    expect((await moveTo('steps', BEGIN_MS + 400 * DAY_MS + 1)).problem()).toMatchObject({
      status: 409,
      code: 'ClockStepTooLong',
    });
    await ok(moveTo('steps', BEGIN_MS + 400 * DAY_MS));
    expect((await moveTo('steps', BEGIN_MS + 399 * DAY_MS)).problem()).toMatchObject({
      status: 409,
      code: 'ClockGoesBack',
    });
    await ok(moveTo('steps', BEGIN_MS + 400 * DAY_MS));
    expect(await ledgerTimeOf('steps')).toBe('2026-02-05T00:00:00Z');
  });

  it('is given at creation alone, and moved by the operator alone', async () => {
    await ok(accounts.put('real', { plan: 'pro' }));
    const again = await accounts.put('real', { plan: 'pro', clock: { manual: BEGIN } });
    expect(again.problem()).toMatchObject({ status: 409, code: 'AccountExists' });
    expect((await moveTo('real', NOW_MS)).problem()).toMatchObject({ status: 409, code: 'ClockNotManual' });
    expect((await moveTo('nobody', NOW_MS)).problem()).toMatchObject({ status: 404, code: 'NotFound' });
    const still = await api.clientWith({ organisation: 'still', scopes: ['read', 'write'] });
    const moved = await still.post('/v1/organisations/still/clock', { json: { to: BEGIN } });
    expect(moved.problem()).toMatchObject({ status: 403, code: 'ScopeMissing' });
  });

  it.each([{}, { to: 'tomorrow' }, { to: BEGIN, by: 1 }])('is not moved by %j', async (json) => {
    const answer = await api.admin.post('/v1/organisations/still/clock', { json });
    expect(answer.problem()).toMatchObject({ status: 422, code: 'InvalidBody' });
  });

  it('judges usage by itself: 35 days before and 24 hours after it', async () => {
    await openSandbox('judge', { openedAt: '2024-10-01T00:00:00Z' });
    expect(await reasonAt('judge', BEGIN_MS + DAY_MS)).toBe('accepted');
    expect(await reasonAt('judge', BEGIN_MS + DAY_MS + 1)).toBe('InFuture');
    expect(await reasonAt('judge', BEGIN_MS - 35 * DAY_MS)).toBe('accepted');
    expect(await reasonAt('judge', BEGIN_MS - 35 * DAY_MS - 1)).toBe('TooOld');
    expect(await reasonAt('judge', NOW_MS)).toBe('InFuture');
    await ok(moveTo('judge', BEGIN_MS + 10 * DAY_MS));
    expect(await reasonAt('judge', BEGIN_MS + 11 * DAY_MS)).toBe('accepted');
    expect(await reasonAt('judge', BEGIN_MS - 25 * DAY_MS - 1)).toBe('TooOld');
  });

  it('waits until usage that was accepted before is folded, and says when it waits in vain', async () => {
    await openSandbox('waiting');
    await aggregator?.stop();
    aggregator = undefined;
    await ok(use('waiting', BEGIN_MS, 'waits'));
    const refused = await moveTo('waiting', BEGIN_MS + 40 * DAY_MS, { isImpatient: true });
    expect(refused.problem()).toMatchObject({ status: 503, code: 'UsageNotFolded' });
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await ledgerTimeOf('waiting')).toBe(BEGIN);
    const moving = moveTo('waiting', BEGIN_MS + 40 * DAY_MS);
    aggregator = await accounts.startAggregator();
    expect((await moving).status).toBe(200);
    const charged = (await accounts.events('waiting', 'UsageCharged')).flatMap(({ evidence }) => evidence);
    expect(charged.map(({ id }) => id)).toEqual(['waits']);
    expect(await accounts.events('waiting', 'UsageQuarantined')).toEqual([]);
    // What is sent twice leaves no trace in the account, and holds nothing up.
    await ok(use('waiting', BEGIN_MS + 35 * DAY_MS, 'twice'));
    await ok(use('waiting', BEGIN_MS + 35 * DAY_MS, 'twice'));
    expect((await moveTo('waiting', BEGIN_MS + 41 * DAY_MS)).status).toBe(200);
  });
});

describe('invoices', () => {
  it("charge the plan's price once for every closed cycle since there has been a payment method", async () => {
    await openSandbox('invoiced');
    await ok(moveTo('invoiced', Date.UTC(2025, 1, 10)));
    await ok(accounts.put('invoiced/payment-method', { kind: 'test', behaviour: 'repeat' }));
    await ok(moveTo('invoiced', Date.UTC(2025, 4, 1, 2)));
    const paid = async () =>
      (await accounts.events('invoiced', 'AccountRecordPut'))
        .filter(({ record }) => record === 'invoice-payment')
        .map(({ key, value }) => ({ key, ...(JSON.parse(value) as { status: string; amountMinor: string }) }))
        .filter(({ status }) => status !== 'open');
    await eventually('three payments', async () => (await paid()).length >= 3);
    await settle();
    const months = ['2025-02-01T00:00:00Z', '2025-03-01T00:00:00Z', '2025-04-01T00:00:00Z'];
    expect(await paid()).toMatchObject(
      months.map((key) => ({ key, status: 'paid', plan: 'pro', amountMinor: '4900', currency: 'USD' })),
    );
  });

  it('that were declined are tried again with another method, and those of free plans never', async () => {
    await openSandbox('poor');
    await ok(accounts.put('poor/payment-method', { kind: 'test', behaviour: 'decline' }));
    await openSandbox('gratis', { plan: 'free' });
    await ok(accounts.put('gratis/payment-method', { kind: 'test', behaviour: 'approve' }));
    for (const organisation of ['poor', 'gratis']) await ok(moveTo(organisation, Date.UTC(2025, 1, 1, 2)));
    const statuses = async (organisation: string) =>
      (await accounts.events(organisation, 'AccountRecordPut'))
        .filter(({ record }) => record === 'invoice-payment')
        .map(({ value }) => (JSON.parse(value) as { status: string }).status);
    await eventually('the decline', async () => (await statuses('poor')).includes('declined'));
    accounts.setNow(NOW_MS + 1);
    await ok(accounts.put('poor/payment-method', { kind: 'test', behaviour: 'approve' }));
    await eventually('the payment', async () => (await statuses('poor')).includes('paid'));
    await settle();
    expect(await statuses('poor')).toEqual(['open', 'declined', 'open', 'paid']);
    expect(await statuses('gratis')).toEqual([]);
  });
});
