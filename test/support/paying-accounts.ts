import { setTimeout as sleep } from 'node:timers/promises';
import { accountEvents, accountStream } from '@app/accounts';
import { MemorySnapshotStore } from '@app/event-store';
import type { AccountEvent } from '@app/metering';
import { startAggregator } from '../../apps/aggregator/src/index.js';
import type { RunningAggregator } from '../../apps/aggregator/src/index.js';
import type { ApiAnswer } from './api-client.js';
import type { ApiHarness } from './api-harness.js';

let keys = 0;

/** Organisations that pay, over HTTP; each test makes its own. */
export class PayingAccounts {
  constructor(
    private readonly api: ApiHarness,
    private nowMs: number,
  ) {}

  /** An aggregator that folds what the API accepts. */
  startAggregator(): Promise<RunningAggregator> {
    const { feed, accounts } = this.api;
    return startAggregator({
      store: accounts.store,
      snapshots: new MemorySnapshotStore(),
      feed,
      topic: 'usage.v1',
      nowMs: () => this.nowMs,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      onFatal: ({ code }) => {
        throw new Error(`The aggregator cannot go on: ${code}`);
      },
      dueAccounts: async () => [],
      settings: { idleMs: 10 },
    });
  }

  setNow(ms: number): void {
    this.nowMs = ms;
    this.api.setNow(ms);
  }

  put = (path: string, json: unknown): Promise<ApiAnswer> => this.api.admin.put(`/v1/organisations/${path}`, { json });

  post = (path: string, json: unknown, key = `paying-${keys++}`): Promise<ApiAnswer> =>
    this.api.admin.post(`/v1/organisations/${path}`, { json, headers: { 'idempotency-key': key } });

  get = (path: string): Promise<ApiAnswer> => this.api.admin.get(`/v1/organisations/${path}`);

  /** Opens an account that recharges below 500 credits; behaviour null stores no payment method. */
  async open(organisation: string, behaviour: string | null, recharge: object = {}): Promise<void> {
    await ok(this.put(organisation, { plan: 'pro' }));
    if (behaviour !== null) await ok(this.put(`${organisation}/payment-method`, { kind: 'test', behaviour }));
    const settings = { enabled: true, package: 'small', threshold: '500', ...recharge };
    await ok(this.put(`${organisation}/auto-recharge`, settings));
  }

  /** Takes credits away by a command. */
  spend = (organisation: string, amount: string): Promise<ApiAnswer> =>
    ok(this.post(`${organisation}/adjustments`, { pool: 'credits', amount: `-${amount}`, reason: 'spent' }));

  async purchases(organisation: string): Promise<{ id: string; cause: string; price: { amount: string } }[]> {
    const answer = await ok(this.get(`${organisation}/purchases?limit=500`));
    return (answer.json() as { items: { id: string; cause: string; price: { amount: string } }[] }).items;
  }

  async available(organisation: string): Promise<string> {
    return ((await ok(this.get(`${organisation}/gate?pool=credits`))).json() as { available: string }).available;
  }

  async events<T extends AccountEvent['type']>(
    organisation: string,
    type: T,
  ): Promise<Extract<AccountEvent, { type: T }>[]> {
    const stored = await this.api.accounts.store.readStream(accountStream(organisation), { maxCount: 10_000 });
    const events = stored.map((each) => accountEvents.decode(each).event);
    return events.filter((event): event is Extract<AccountEvent, { type: T }> => event.type === type);
  }
}

/** @throws Error where the answer is none of success */
export async function ok(asked: Promise<ApiAnswer>): Promise<ApiAnswer> {
  const answer = await asked;
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
}

/** Long enough for everything that was going to happen by itself to have happened. */
export const settle = (): Promise<void> => sleep(700);
