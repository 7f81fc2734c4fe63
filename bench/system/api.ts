import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './http-client.js';
import { ADMIN_KEY } from './service.js';

const AUTHORIZATION = { authorization: `Bearer ${ADMIN_KEY}` };
const DRAINED_MS = 600_000;
/** Asking takes from what is measured: rarely enough for that not to show, and often enough for the figure. */
const POLL_MS = 50;

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

interface Pool {
  readonly pool: string;
  readonly used: string;
  readonly balance: string;
}

interface OrganisationItem {
  readonly organisation: string;
  readonly pools: readonly Pool[];
}

interface TopItem {
  readonly value: string | null;
  readonly credits: string;
}

/** The service as a user sees it: over HTTP. */
export class Api {
  constructor(readonly url: string) {}

  async get<T>(path: string): Promise<T> {
    const { status, text } = await ask(`${this.url}${path}`, { headers: AUTHORIZATION });
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** So many keys that may read everything. */
  async makeReadKeys(count: number): Promise<readonly string[]> {
    const body = JSON.stringify({ name: 'bench', organisation: null, scopes: ['read'] });
    const headers = { ...AUTHORIZATION, 'content-type': 'application/json' };
    const make = async (): Promise<string> => {
      const { status, text } = await ask(`${this.url}/v1/keys`, { method: 'POST', headers, body });
      if (status !== 200) throw new Error(`POST /v1/keys: ${status} ${text}`);
      return (JSON.parse(text) as { readonly key: string }).key;
    };
    return Promise.all(Array.from({ length: count }, make));
  }

  /** A batch of events' texts; resolves when they are durable in the feed. */
  async postEvents(texts: readonly string[]): Promise<void> {
    const { status, text } = await ask(`${this.url}/v1/events`, {
      method: 'POST',
      headers: { ...AUTHORIZATION, 'content-type': 'application/cloudevents-batch+json' },
      body: `[${texts.join(',')}]`,
    });
    if (status !== 202) throw new Error(`POST /v1/events: ${status} ${text}`);
  }

  /** Holds credits of an organisation until then; resolves when the hold is durable. */
  async hold(organisation: string, body: { pool: string; amount: string; expiresAt: string }): Promise<void> {
    const { status, text } = await ask(`${this.url}/v1/organisations/${organisation}/holds`, {
      method: 'POST',
      headers: { ...AUTHORIZATION, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify(body),
    });
    if (status !== 200) throw new Error(`POST holds: ${status} ${text}`);
  }

  /** Resolves when everything that was acknowledged is folded and in both read models. */
  async drained(): Promise<void> {
    const giveUpAt = performance.now() + DRAINED_MS;
    for (;;) {
      const lag = await this.get<{ readonly waiting: number; readonly behind: number }>('/v1/lag');
      if (lag.waiting === 0 && lag.behind === 0) return;
      if (performance.now() > giveUpAt) throw new Error(`not caught up: ${JSON.stringify(lag)}`);
      await sleep(POLL_MS);
    }
  }

  /** Credits used by one organisation, from its balance; undefined while it has no account. */
  async usedBy(organisation: string): Promise<string | undefined> {
    const balance = `${this.url}/v1/organisations/${organisation}/balance`;
    const { status, text } = await ask(balance, { headers: AUTHORIZATION });
    if (status !== 200 && status !== 404) throw new Error(`balance: ${status}`);
    const { pools } = JSON.parse(text) as { readonly pools?: readonly Pool[] };
    return pools?.[0]?.used;
  }

  /** Credits used by every organisation that has an account, as the accounts read model says. */
  async accounts(): Promise<ReadonlyMap<string, Pool>> {
    const items = await this.#pages<OrganisationItem>('/v1/organisations?');
    return new Map(items.flatMap(({ organisation, pools }) => pools.map((pool) => [organisation, pool] as const)));
  }

  /** Credits used by every organisation in [from, to), as the usage read model adds them up. */
  async usedIn(from: string, to: string): Promise<ReadonlyMap<string, string>> {
    const items = await this.#pages<TopItem>(`/v1/top-consumers?by=organisation&from=${from}&to=${to}&`);
    return new Map(items.map(({ value, credits }) => [value ?? '', credits]));
  }

  async #pages<T>(path: string): Promise<readonly T[]> {
    const items: T[] = [];
    let next: string | null = null;
    do {
      const cursor: string = next === null ? '' : `&next=${encodeURIComponent(next)}`;
      const page: Page<T> = await this.get<Page<T>>(`${path}limit=500${cursor}`);
      items.push(...page.items);
      ({ next } = page);
    } while (next !== null);
    return items;
  }
}
