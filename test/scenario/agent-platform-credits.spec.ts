import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Customer, Json } from '../support/story/customer.js';
import { MessageReceiver } from '../support/story/message-receiver.js';
import { Product } from '../support/story/product.js';

const AT = '2026-05-04T09:00:00Z';
const STOPPED = "You've used all your available credits. Please add more credits to your account to continue.";

let product: Product;
let messages: MessageReceiver;
beforeAll(async () => {
  messages = await MessageReceiver.start();
  product = await Product.launch('agent-platform.json', messages.env);
});
afterAll(async () => {
  await product.ends();
  await messages.stop();
});

const account = (name: string, plan: string): Promise<Customer> => product.customer(name).opens(plan, AT);
const gateOf = (customer: Customer, query: string): Promise<Json> => customer.sees(`gate?pool=${query}`);

/** Subjects of the mails with these words, when there are so many. */
const titles = async (words: string, count: number): Promise<string[]> =>
  (await messages.come({ to: 'email', words, count })).map((mail) => /^Subject: (.*)$/m.exec(mail)?.[1] ?? '');

describe('free credits', () => {
  it('come with every new account by default: 75 model credits and 10,000 tool runs', async () => {
    const newcomer = product.customer('newcomer');
    newcomer.at = new Date().toISOString();
    await newcomer.uses('tool.ran', { tool: 'search' });
    expect(await newcomer.pool('credits')).toMatchObject({ granted: '75', used: '0' });
    expect(await newcomer.pool('tool-runs')).toMatchObject({ granted: '10000', used: '1', balance: '9999' });
  });

  it('cover inference, guardrails and tools; once exhausted, these are disabled until credits are added', async () => {
    const customer = await account('exhausted', 'free');
    await customer.uses('model.ran', { model: 'm-1', tokens: 2_000_000 });
    await customer.uses('guardrail.ran', { guardrail: 'g-1', hours: 10, cpus: 2 });
    expect(await customer.pool('credits')).toMatchObject({ used: '1.4', balance: '73.6' });
    await customer.spends('73.6');
    await customer.spends('10000', 'tool-runs');
    for (const pool of ['credits', 'tool-runs'])
      expect(await gateOf(customer, pool)).toMatchObject({ allowed: false, message: STOPPED });
    await customer.comesTo('2026-06-01T00:00:00Z');
    expect(await gateOf(customer, 'tool-runs')).toMatchObject({ allowed: false });
    // To add credits, contact Support.
    expect(await customer.refusal('purchases', { package: 'tool-runs' })).toBe('PlanNotPaid');
    const grant = { pool: 'tool-runs', amount: '500', source: 'promotion', reason: 'Support' };
    await customer.post('grants', grant, { 'creditfold-actor': 'support' });
    expect(await gateOf(customer, 'tool-runs')).toMatchObject({ allowed: true });
  });
});

describe('credit usage summary', () => {
  it.each([
    ['74.9', 'green'],
    ['75', 'yellow'],
    ['225', 'yellow'],
    ['225.1', 'red'],
    ['299.9', 'red'],
    ['300', 'exhausted'],
  ])('%s of 300 used is %s', async (used, status) => {
    const customer = await account(`light-${used}`, 'business');
    await customer.spends(used);
    expect(await customer.reads('balance')).toMatchObject({
      organisation: `light-${used}`,
      pools: [
        { pool: 'credits', granted: '300', used, status },
        { pool: 'tool-runs', granted: '50000', status: 'green' },
      ],
    });
  });
});

describe('banners', () => {
  it('are removable at 20, 50, 70, 80 and 90 %, and fixed when all is used', async () => {
    const customer = await account('bannered', 'business');
    const shown: unknown[] = [];
    for (const amount of ['59.99', '0.01', '90', '60', '30', '30', '30']) {
      await customer.spends(amount);
      const [banner] = await customer.lists('banners');
      shown.push([banner?.['threshold'], banner?.['kind'], banner?.['action']]);
    }
    expect(shown).toEqual([
      [undefined, undefined, undefined],
      ...['20', '50', '70', '80', '90'].map((percent) => [percent, 'removable', 'Top up or upgrade']),
      ['100', 'fixed', 'Upgrade or top up plan'],
    ]);
  });

  it('stay away when they are removed, until the next threshold', async () => {
    const customer = await account('tidy', 'business');
    await customer.spends('150');
    const [half] = await customer.lists('banners');
    await customer.post(`banners/${String(half?.['id'])}/dismiss`);
    expect(await customer.lists('banners')).toEqual([]);
    await customer.spends('150');
    const [all] = await customer.lists('banners');
    expect(await customer.refusal(`banners/${String(all?.['id'])}/dismiss`)).toBe('BannerFixed');
  });

  it('say that runs are used up, as of credits', async () => {
    const customer = await account('runner', 'business');
    await customer.spends('50000', 'tool-runs');
    expect(await customer.lists('banners')).toMatchObject([{ pool: 'tool-runs', threshold: '100', kind: 'fixed' }]);
  });

  it('say that free credits have expired, until the plan is upgraded', async () => {
    const customer = await account('trial', 'free');
    await customer.comesTo('2026-06-03T08:59:59Z');
    expect(await customer.lists('banners')).toEqual([]);
    await customer.comesTo('2026-06-03T09:00:00Z');
    expect(await customer.balance()).toBe('0');
    expect(await customer.lists('banners')).toMatchObject(
      ['credits', 'tool-runs'].map((pool) => ({ pool, kind: 'fixed', action: 'Upgrade plan' })),
    );
    await customer.post('plan', { plan: 'business', at: 'now' });
    expect(await customer.lists('banners')).toEqual([]);
    expect(await customer.balance()).toBe('300');
  });
});

describe('e-mails', () => {
  it('come at 50, 70, 80 and 90 % of credits and of tool runs, with the next steps', async () => {
    const customer = await account('mailed', 'business');
    await messages.connect(customer);
    for (const amount of ['60', '90', '60', '30', '30', '30']) await customer.spends(amount);
    for (const amount of ['10000', '15000', '10000', '5000', '5000']) await customer.spends(amount, 'tool-runs');
    expect(await titles('Subject:', 8)).toEqual(
      ['credits', 'tool-runs'].flatMap((pool) =>
        [50, 70, 80, 90].map((percent) => `${percent} % of pool ${pool} used`),
      ),
    );
    expect(await messages.come({ to: 'email', words: 'Top up, or upgrade the plan', count: 8 })).toHaveLength(8);
  });

  it('come at deployments, with access to the API endpoint, at undeployments, and at the negative limit', async () => {
    const customer = await account('operator', 'business');
    await messages.connect(customer);
    const script = { name: 'Cleaner', owner: 'ada', endpoint: 'https://api.example.com/s-1' };
    await customer.put('resources/script/s-1', { ...script, status: 'deployed' });
    await customer.put('resources/script/s-1', { ...script, status: 'undeployed' });
    await customer.spends('350');
    expect(await titles('script Cleaner', 2)).toEqual([
      'The script Cleaner was deployed',
      'The script Cleaner was undeployed',
    ]);
    expect(await messages.come({ to: 'email', words: script.endpoint, count: 1 })).toHaveLength(1);
    expect(await titles('negative limit', 1)).toEqual(['Pool credits has reached its negative limit']);
  });
});

describe('the overview tab', () => {
  it('shows runs and credits against what is allotted, and the trend', async () => {
    const customer = await account('overview', 'free');
    await customer.sends(Array.from({ length: 45 }, () => ({ type: 'tool.ran', data: { tool: 'search' } })));
    expect(await customer.pool('tool-runs')).toMatchObject({ used: '45', granted: '10000', percentUsed: '0.45' });
    const trend = await customer.lists('trends?window=day&groupBy=meter');
    expect(trend).toMatchObject([{ group: { meter: 'tool-runs' }, events: 45, credits: '45' }]);
  });

  it('shows 212 of 300 as 70.67 % (the document says 70.72, which does not compute)', async () => {
    const customer = await account('arithmetic', 'business');
    await customer.uses('model.ran', { model: 'm-1', tokens: 200_000_000 });
    await customer.uses('guardrail.ran', { guardrail: 'g-1', hours: 300, cpus: 2 });
    await customer.uses('script.ran', { script: 's-1', hours: 2, vcpus: 0, memory_gb: 10 });
    await customer.uses('deployment.ran', {
      deployment: 'd-1',
      model: 'm-1',
      hardware: 't4',
      hours: 399.6,
      replicas: 1,
    });
    expect(await customer.reads('balance?breakdown=meter')).toMatchObject({
      pools: [{ used: '212', granted: '300', percentUsed: '70.67', status: 'yellow' }, {}],
      breakdown: [
        { meter: 'guardrail-hosting-hours', credits: '12' },
        { meter: 'inference-tokens', credits: '100' },
        { meter: 'model-hosting-hours', credits: '99.9' },
        { meter: 'script-hosting-gigabyte-hours', credits: '0.1' },
        { meter: 'script-hosting-vcpu-hours', credits: '0' },
      ],
    });
  });
});

describe('credit behaviour', () => {
  it('below the lowest threshold nothing new is deployed; what runs goes on, below zero, to the limit', async () => {
    const customer = await account('behaviour', 'business');
    await customer.spends('299.5');
    expect(await gateOf(customer, 'credits')).toMatchObject({ allowed: false, reason: 'BelowStartThreshold' });
    const hold = { pool: 'credits', amount: '0.1', expiresAt: '2026-05-05T00:00:00Z' };
    expect(await customer.refusal('holds', hold)).toBe('BelowStartThreshold');
    const runs = (hours: number) => customer.uses('script.ran', { script: 's-1', hours, vcpus: 100, memory_gb: 0 });
    await runs(10);
    expect(await customer.pool()).toMatchObject({ balance: '-29.5', status: 'exhausted' });
    expect(await gateOf(customer, 'credits&running=true')).toMatchObject({ allowed: true });
    await runs(6.83);
    await customer.reads('balance');
    expect(await gateOf(customer, 'credits&running=true')).toMatchObject({ allowed: true, available: '-49.99' });
    await runs(0.01);
    await customer.reads('balance');
    expect(await gateOf(customer, 'credits&running=true')).toMatchObject({
      allowed: false,
      reason: 'NegativeLimitReached',
      message: STOPPED,
    });
    expect(await gateOf(customer, 'credits')).toMatchObject({ allowed: false, message: STOPPED });
    await customer.comesTo('2026-06-01T00:00:00Z');
    expect(await customer.pool()).toMatchObject({ opening: '-50.02', granted: '300', balance: '249.98' });
  });
});

/** Hosting ten hours on a plan of its own. */
async function hosting(hardware: string, replicas: number): Promise<unknown> {
  const other = await account(`hosting-${hardware}-${replicas}`, 'business');
  await other.uses('deployment.ran', { deployment: 'd', model: 'm', hardware, hours: 10, replicas });
  return (await other.pool())['used'];
}

describe('the other tabs', () => {
  const HOUR_MS = 3_600_000;
  let customer: Customer;
  const toolRuns = (range: string): Promise<Json> => customer.reads(`resources?kind=tool&${range}`);

  /** Two weeks of an account: what is deployed, and what it used. */
  beforeAll(async () => {
    customer = await account('tabs', 'business');
    const describes = (path: string, name: string, more: Json = {}): Promise<Json> =>
      customer.put(`resources/${path}`, { name, owner: 'ada', status: 'deployed', ...more });
    await describes('tool/search', 'Search');
    await describes('tool/mailer', 'Mailer', { owner: 'ben' });
    await describes('model/llama', 'Llama', { type: 'base' });
    await describes('model/tuned', 'Tuned', { type: 'fine-tuned' });
    await describes('deployment/d-1', 'Llama on A100', { type: 'open-source', model: 'llama', hardware: 'a100' });
    await describes('guardrail/toxicity', 'Toxicity', { hardware: 'c5, 2 CPUs' });
    await describes('script/cleaner', 'Cleaner', { language: 'Python 3.12', hardware: '2 vCPUs, 4 GB' });
    await customer.comesTo('2026-05-04T12:30:00Z');
    await customer.sends([
      { type: 'tool.ran', data: { tool: 'search' } },
      { type: 'tool.ran', data: { tool: 'search' } },
      { type: 'tool.ran', data: { tool: 'mailer' } },
      { type: 'model.ran', data: { model: 'llama', tokens: 4_000_000 } },
      { type: 'fine-tuning.ran', data: { model: 'tuned', hardware: 't4', hours: 3, replicas: 1 } },
      { type: 'deployment.ran', data: { deployment: 'd-1', model: 'llama', hardware: 'a100', hours: 2, replicas: 1 } },
      { type: 'guardrail.ran', data: { guardrail: 'toxicity', hours: 3.5, cpus: 2 } },
      { type: 'script.ran', data: { script: 'cleaner', hours: 3.5, vcpus: 2, memory_gb: 4 } },
    ]);
    await describes('guardrail/toxicity', 'Toxicity', { status: 'undeployed', hardware: 'c5, 2 CPUs' });
    await describes('tool/mailer', 'Mailer', { owner: 'ben', status: 'deleted' });
    await customer.comesTo('2026-05-18T09:00:00Z');
    await customer.uses('tool.ran', { tool: 'search' });
  });

  it('tools: total tools and runs; name, runs, owner, last active on, status of each', async () => {
    expect(await customer.reads('resources?kind=tool')).toMatchObject({
      totals: { resources: 2, events: 4 },
      items: [
        { name: 'Mailer', events: 1, owner: 'ben', lastActive: '2026-05-04T00:00:00Z', status: 'deleted' },
        { name: 'Search', events: 3, owner: 'ada', lastActive: '2026-05-18T00:00:00Z', status: 'deployed' },
      ],
    });
  });

  it('models: totals, fine-tuning and hosting credits; each with its deployments', async () => {
    expect(await customer.reads('resources?kind=model')).toMatchObject({
      totals: { resources: 2, credits: '7.5', fineTuningCredits: '1.5', hostingCredits: '4' },
      items: [
        { name: 'Tuned', type: 'fine-tuned', credits: '1.5', deployedAs: [] },
        {
          name: 'Llama',
          type: 'base',
          credits: '6',
          lastDeployedAt: AT,
          deployedAs: [{ name: 'Llama on A100', type: 'open-source', credits: '4', updatedAt: AT, status: 'deployed' }],
        },
      ],
    });
  });

  it('two replicas on A100 consume twice the hosting credits of one; a T4 an eighth', async () => {
    expect([await hosting('a100', 1), await hosting('a100', 2), await hosting('t4', 1)]).toEqual(['20', '40', '2.5']);
  });

  it('guardrails: totals with time; name, credits, time, last deployed on, status, hardware of each', async () => {
    const guardrail = {
      name: 'Toxicity',
      credits: '0.14',
      durationMs: 3.5 * HOUR_MS,
      lastDeployedAt: AT,
      status: 'undeployed',
      hardware: 'c5, 2 CPUs',
      components: [{ meter: 'guardrail-hosting-hours', quantity: '7', credits: '0.14' }],
    };
    expect(await customer.reads('resources?kind=guardrail')).toMatchObject({
      totals: { resources: 1, credits: '0.14', durationMs: 3.5 * HOUR_MS },
      items: [guardrail],
    });
  });

  it('scripts: hosting credits in all and by component; language, last active on, hosting time', async () => {
    expect(await customer.reads('resources?kind=script')).toMatchObject({
      totals: { resources: 1, hostingCredits: '0.28' },
      items: [
        {
          name: 'Cleaner',
          language: 'Python 3.12',
          hardware: '2 vCPUs, 4 GB',
          credits: '0.28',
          lastActive: '2026-05-04T00:00:00Z',
          status: 'deployed',
          durationMs: 14 * 24 * HOUR_MS,
          components: [
            { meter: 'script-hosting-gigabyte-hours', quantity: '14', credits: '0.07' },
            { meter: 'script-hosting-vcpu-hours', quantity: '7', credits: '0.21' },
          ],
        },
      ],
    });
  });

  it('date filters compare periods', async () => {
    expect(await toolRuns('to=2026-05-11T00:00:00Z')).toMatchObject({ totals: { events: 3 } });
    expect(await toolRuns('from=2026-05-11T00:00:00Z')).toMatchObject({ totals: { events: 1 } });
  });
});
