import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isSignedBy } from '@app/notifications';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';
import { MailServer } from '../support/mail-server.js';
import { eventually } from '../support/eventually.js';
import { ok, PayingAccounts } from '../support/paying-accounts.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
interface Item {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly text: string;
  readonly revision: string;
  readonly cause: { readonly kind: string };
  readonly deliveries: readonly {
    readonly channel: string;
    readonly state: string;
    readonly attempts: number;
    readonly reason: string | null;
  }[];
}
interface BannerItem {
  readonly id: string;
  readonly kind: string;
  readonly action: string;
  readonly threshold: string | null;
}

let api: ApiHarness;
let accounts: PayingAccounts;
let receiver: Server;
let mailServer: MailServer;
const received: Received[] = [];
/** Answers that are kept back. */
const hanging: (() => void)[] = [];
/** What paths answer; 200 when absent. */
const answers = new Map<string, number>();

const receiverUrl = (path: string): string => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}${path}`;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      const path = request.url ?? '';
      received.push({ path, headers: request.headers, body });
      const answer = (): void =>
        void response.writeHead(answers.get(path) ?? 200, { location: receiverUrl('/elsewhere') }).end('noted');
      if (path === '/hanging') hanging.push(answer);
      else answer();
    });
  });
  await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve));
  mailServer = await MailServer.start();
  const env = {
    CREDITFOLD_SMTP_URL: mailServer.url,
    CREDITFOLD_MAIL_FROM: 'credits@example.com',
  };
  api = await startApiHarness({}, { isProjecting: true, env });
  await api.publishCatalog();
  accounts = new PayingAccounts(api, NOW_MS);
});
afterAll(async () => {
  await api.stop();
  await new Promise((resolve) => receiver.close(resolve));
  await mailServer.stop();
});

const sandbox = (organisation: string): Promise<unknown> =>
  ok(accounts.put(organisation, { plan: 'pro', clock: { manual: '2026-11-01T00:00:00Z' } }));

/** A settled hold is used like usage, by a command: 1,000 credits are included. */
let holds = 0;
const use = async (organisation: string, amount: string, expiresAt = '2026-11-30T00:00:00Z'): Promise<string> => {
  const id = `h-${holds++}`;
  const hold = { id, pool: 'credits', amount: '1', expiresAt };
  await ok(accounts.post(`${organisation}/holds`, hold));
  const settled = await ok(accounts.post(`${organisation}/holds/${id}/settle`, { amount }));
  return (settled.json() as { revision: string }).revision;
};

const sent = async (organisation: string, revision?: string): Promise<readonly Item[]> => {
  const query = revision === undefined ? '' : `?minRevision=${revision}`;
  const answer = await ok(accounts.get(`${organisation}/notifications${query}`));
  return (answer.json() as { items: readonly Item[] }).items;
};
/** Of the newest notification, to the first channel. */
const newestDelivery = async (organisation: string): Promise<Item['deliveries'][number] | undefined> =>
  (await sent(organisation))[0]?.deliveries[0];
const banners = async (organisation: string, revision?: string): Promise<readonly BannerItem[]> => {
  const query = revision === undefined ? '' : `?minRevision=${revision}`;
  const answer = await ok(accounts.get(`${organisation}/banners${query}`));
  return (answer.json() as { items: readonly BannerItem[] }).items;
};
const deliveredTo = (path: string): Received[] => received.filter((each) => each.path === path);

describe('channels', () => {
  it('show a webhook secret once, and never other secrets', async () => {
    await sandbox('channels');
    const made = (await ok(accounts.put('channels/channels/hook', { kind: 'webhook', url: receiverUrl('/c') }))).json();
    expect(made).toMatchObject({ secrets: [expect.stringMatching(/^whsec_/)] });
    const routingKey = 'K'.repeat(32);
    await ok(accounts.put('channels/channels/pager', { kind: 'pagerduty', routingKey, url: receiverUrl('/p') }));
    await ok(accounts.put('channels/channels/mail', { kind: 'email', to: 'team@example.com' }));
    const listed = await ok(accounts.get('channels/channels'));
    expect(listed.text).not.toContain(routingKey);
    expect(listed.text).not.toContain('whsec_');
    expect(listed.json()).toMatchObject({
      items: [{ name: 'hook', kind: 'webhook' }, { name: 'mail', to: ['team@example.com'] }, { name: 'pager' }],
    });
    await ok(api.admin.delete('/v1/organisations/channels/channels/pager'));
    expect((await accounts.get('channels/channels/pager')).status).toBe(404);
  });

  it.each([
    [{ kind: 'email', to: 'nobody' }],
    [{ kind: 'email', to: [] }],
    [{ kind: 'webhook', url: 'ftp://example.com' }],
    [{ kind: 'webhook', url: 'https://example.com', secrets: ['short'] }],
    [{ kind: 'pagerduty', routingKey: 'x' }],
    [{ kind: 'pigeon' }],
  ])('refuse %j', async (body) => {
    await accounts.put('channels', { plan: 'pro' });
    const answer = await accounts.put('channels/channels/x', body);
    expect([answer.status, answer.problem().code]).toEqual([422, 'InvalidBody']);
  });
});

describe('notifications', () => {
  it('go to the channels that an alert names, signed, with one id for all attempts and in order', async () => {
    await sandbox('told');
    const made = (await ok(accounts.put('told/channels/hook', { kind: 'webhook', url: receiverUrl('/hook') }))).json();
    const [secret = ''] = (made as { secrets: string[] }).secrets;
    await ok(
      accounts.put('told/alerts/used', {
        pool: 'credits',
        basis: 'percent-used',
        at: [
          { value: 10, severity: 'critical', channels: ['hook', 'nowhere'] },
          { value: 11, channels: ['hook'] },
        ],
      }),
    );
    answers.set('/hook', 503);
    const revision = await use('told', '150');
    expect((await sent('told', revision)).map(({ title }) => title)).toEqual([
      'Alert used: 11 reached in pool credits',
      'Alert used: 10 reached in pool credits',
    ]);
    await eventually(
      'an attempt, and what became of it',
      async () => (await sent('told'))[1]?.deliveries[0]?.attempts === 1,
    );
    answers.delete('/hook');
    // The pause before the next attempt passes with the clock.
    accounts.setNow(NOW_MS + 5_000);
    await eventually('both', async () =>
      (await sent('told')).every(({ deliveries }) => deliveries[0]?.state === 'delivered'),
    );
    const hooks = deliveredTo('/hook').map(({ headers, body }) => ({
      id: headers['webhook-id'],
      data: JSON.parse(body) as object,
    }));
    const [newer, older] = await sent('told');
    expect(hooks.map(({ id }) => id)).toEqual([older?.id, older?.id, newer?.id]);
    expect(older?.deliveries).toMatchObject([
      { channel: 'hook', state: 'delivered', attempts: 2 },
      { channel: 'nowhere', state: 'failed', attempts: 0, reason: 'the account has no such channel' },
    ]);
    const last = deliveredTo('/hook').at(-1);
    const message = {
      id: String(last?.headers['webhook-id']),
      timestampSeconds: Number(last?.headers['webhook-timestamp']),
      body: last?.body ?? '',
    };
    const signature = String(last?.headers['webhook-signature']);
    expect(isSignedBy(message, signature, { secret, nowMs: NOW_MS + 5_000 })).toBe(true);
    accounts.setNow(NOW_MS);
  });

  it('are listed where there is no channel, and go to the ones that are set up later, each once', async () => {
    await sandbox('late');
    const at = [10, 15].map((value) => ({ value, channels: ['hook'] }));
    await ok(accounts.put('late/alerts/used', { pool: 'credits', basis: 'percent-used', at }));
    const first = await use('late', '120');
    const [older] = await sent('late', first);
    const title = 'Alert used: 10 reached in pool credits';
    expect(older).toMatchObject({ title, deliveries: [{ channel: 'hook', state: 'failed', attempts: 0 }] });
    await ok(accounts.put('late/channels/hook', { kind: 'webhook', url: receiverUrl('/late') }));
    await use('late', '50');
    await eventually('the next', async () => (await newestDelivery('late'))?.state === 'delivered');
    expect((await sent('late')).map((item) => item.title)).toEqual(['Alert used: 15 reached in pool credits', title]);
    expect(deliveredTo('/late')).toHaveLength(1);
  });

  it('are sent once to each channel while many wait for several', async () => {
    await sandbox('many');
    const channels = ['one', 'two', 'three', 'four'];
    for (const name of channels)
      await ok(accounts.put(`many/channels/${name}`, { kind: 'webhook', url: receiverUrl(`/many/${name}`) }));
    const at = Array.from({ length: 10 }, (_, mark) => ({ value: mark + 1, channels }));
    for (const alert of ['a', 'b', 'c'])
      await ok(accounts.put(`many/alerts/${alert}`, { pool: 'credits', basis: 'percent-used', at }));
    await use('many', '150');
    await eventually('all', async () => {
      const items = await sent('many');
      return (
        items.length === 30 && items.every(({ deliveries }) => deliveries.every(({ state }) => state === 'delivered'))
      );
    });
    for (const name of channels) {
      const ids = deliveredTo(`/many/${name}`).map(({ headers }) => headers['webhook-id']);
      expect([ids.length, new Set(ids).size]).toEqual([30, 30]);
    }
  });

  it('F44: wait for no other channel, and hold up nothing else', async () => {
    for (const organisation of ['slow', 'quick']) {
      await sandbox(organisation);
      const url = receiverUrl(organisation === 'slow' ? '/hanging' : '/quick');
      await ok(accounts.put(`${organisation}/channels/hook`, { kind: 'webhook', url }));
      const at = [100, 200, 300].map((value) => ({ value: String(1_000 - value), channels: ['hook'] }));
      await ok(accounts.put(`${organisation}/alerts/left`, { pool: 'credits', basis: 'balance', at }));
    }
    await use('slow', '150');
    await eventually('the hanging one', async () => hanging.length === 1);
    await use('slow', '200');
    await use('quick', '350');
    await eventually('the others', async () => deliveredTo('/quick').length === 3);
    expect(deliveredTo('/hanging')).toHaveLength(1);
    expect((await sent('slow')).flatMap(({ deliveries }) => deliveries.map(({ state }) => state))).toEqual([
      'waiting',
      'waiting',
      'waiting',
    ]);
    // What was given up meanwhile is tried again.
    accounts.setNow(NOW_MS + 5_000);
    await eventually('all, one after the other', async () => {
      for (const answer of hanging.splice(0)) answer();
      return (await sent('slow')).every(({ deliveries }) => deliveries.every(({ state }) => state === 'delivered'));
    });
    const told = (await sent('slow')).filter(({ deliveries }) => deliveries.length > 0).map(({ id }) => id);
    const came = new Set(deliveredTo('/hanging').map(({ headers }) => headers['webhook-id']));
    expect([...came]).toEqual(told.toReversed());
    accounts.setNow(NOW_MS);
  });

  it('are given up when they are three days old by the clock that they were made by', async () => {
    await sandbox('aged');
    await ok(accounts.put('aged/channels/hook', { kind: 'webhook', url: receiverUrl('/aged') }));
    const at = [{ value: '900', channels: ['hook'] }];
    await ok(accounts.put('aged/alerts/a', { pool: 'credits', basis: 'balance', at }));
    answers.set('/aged', 503);
    await use('aged', '150');
    await eventually('an attempt, and what became of it', async () => (await newestDelivery('aged'))?.attempts === 1);
    expect(await newestDelivery('aged')).toMatchObject({ state: 'waiting', reason: 'answered 503' });
    accounts.setNow(NOW_MS + 72 * 3_600_000);
    await eventually('the last attempt', async () => (await newestDelivery('aged'))?.attempts === 2);
    expect(await newestDelivery('aged')).toMatchObject({ state: 'failed', reason: 'answered 503' });
    accounts.setNow(NOW_MS);
  });

  it('follow no redirect', async () => {
    await sandbox('moved');
    await ok(accounts.put('moved/channels/hook', { kind: 'slack', url: receiverUrl('/moved') }));
    await ok(
      accounts.put('moved/alerts/a', { pool: 'credits', basis: 'balance', at: [{ value: '900', channels: ['hook'] }] }),
    );
    answers.set('/moved', 307);
    await use('moved', '150');
    await eventually('the attempt', async () => (await newestDelivery('moved'))?.reason === 'answered 307');
    expect(deliveredTo('/elsewhere')).toEqual([]);
  });

  it('are mailed at 50, 70, 80 and 90 % without any alert, and at a deployment, with its endpoint', async () => {
    await sandbox('mailed');
    await ok(accounts.put('mailed/channels/ops', { kind: 'email', to: 'ops@example.com' }));
    await use('mailed', '300');
    await use('mailed', '250');
    const put = await ok(
      accounts.put('mailed/resources/deployment/d-1', {
        name: 'Summariser',
        owner: 'u-17',
        status: 'deployed',
        endpoint: 'https://api.example.com/d-1',
      }),
    );
    const { revision } = put.json() as { revision: string };
    await sent('mailed', revision);
    await eventually('the mails', async () =>
      (await sent('mailed')).every(({ deliveries }) => deliveries.every(({ state }) => state === 'delivered')),
    );
    expect((await sent('mailed')).map(({ title, deliveries }) => [title, deliveries.length])).toEqual([
      ['The deployment Summariser was deployed', 1],
      ['50 % of pool credits used', 1],
      ['20 % of pool credits used', 0],
    ]);
    const own = mailServer.mails.filter((mail) => mail.includes('ops@example.com'));
    expect(own).toHaveLength(2);
    expect(own[1]).toContain('https://api.example.com/d-1');
  });
});

describe('banners', () => {
  it('show the highest mark, stay away when dismissed, and come back by a new cause alone', async () => {
    await sandbox('banner');
    const revision = await use('banner', '600');
    const [half] = await banners('banner', revision);
    expect(half).toMatchObject({ kind: 'removable', action: 'Top up or upgrade', threshold: '50' });
    const dismissed = await ok(accounts.post(`banner/banners/${half?.id ?? ''}/dismiss`, {}));
    const after = (dismissed.json() as { revision: string }).revision;
    expect(await banners('banner', after)).toEqual([]);
    expect((await accounts.post(`banner/banners/${half?.id ?? ''}/dismiss`, {})).status).toBe(404);
    expect(await banners('banner', await use('banner', '50'))).toEqual([]);
    const [seventy] = await banners('banner', await use('banner', '100'));
    expect(seventy).toMatchObject({ threshold: '70' });
    const all = await banners('banner', await use('banner', '250'));
    expect(all).toMatchObject([{ kind: 'fixed', action: 'Upgrade or top up plan', threshold: '100' }]);
    expect((await accounts.post(`banner/banners/${all[0]?.id ?? ''}/dismiss`, {})).problem().code).toBe('BannerFixed');
  });

  it('say that free credits have expired, until something takes their place', async () => {
    await ok(accounts.put('gift', { plan: 'free', clock: { manual: '2026-11-01T00:00:00Z' } }));
    const grant = {
      pool: 'credits',
      amount: '75',
      source: 'promotion',
      expiresAt: '2026-11-10T00:00:00Z',
      reason: 'welcome',
    };
    await ok(accounts.post('gift/grants', grant));
    expect(await banners('gift')).toEqual([]);
    const moved = await ok(accounts.post('gift/clock', { to: '2026-11-11T00:00:00Z' }));
    const { revision } = moved.json() as { revision: string };
    expect(await banners('gift', revision)).toMatchObject([{ kind: 'fixed', action: 'Upgrade plan', threshold: null }]);
    expect((await sent('gift', revision)).map(({ kind }) => kind)).toEqual(['credits-expired']);
    await ok(accounts.post('gift/plan', { plan: 'pro', at: 'now' }));
    expect(await banners('gift')).toEqual([]);
  });

  it("say that a free plan's credits have expired, until those of the new cycle are used", async () => {
    for (const [organisation, amount] of [
      ['sparing', '10'],
      ['spent', '75'],
    ] as const) {
      await ok(accounts.put(organisation, { plan: 'trial', clock: { manual: '2026-11-01T00:00:00Z' } }));
      await use(organisation, amount);
      const moved = await ok(accounts.post(`${organisation}/clock`, { to: '2026-12-01T02:00:00Z' }));
      const { revision } = moved.json() as { revision: string };
      const expected = organisation === 'sparing' ? [{ kind: 'fixed', action: 'Upgrade plan', threshold: null }] : [];
      expect(await banners(organisation, revision)).toMatchObject(expected);
    }
    expect(await banners('sparing', await use('sparing', '1', '2026-12-02T00:00:00Z'))).toEqual([]);
  });
});
