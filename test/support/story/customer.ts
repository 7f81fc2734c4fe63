import type { ApiAnswer, ApiClient } from '../api-client.js';
import { poolOf } from '../figures.js';
import { drained } from '../standalone.js';

export type Json = Readonly<Record<string, unknown>>;
/** A list's answer: items first, whatever else stands beside them. */
export interface Listed extends Json {
  readonly items: readonly Json[];
}

let sequence = 0;

/**
 * One customer of a story: a sandbox account whose clock the story moves. Commands and usage take place at that clock;
 * reads wait until everything sent before is folded and projected.
 */
export class Customer {
  /** What the clock shows. */
  at = '';

  constructor(
    readonly client: ApiClient,
    readonly organisation: string,
  ) {}

  async opens(plan: string, at: string, more: Json = {}): Promise<this> {
    this.at = at;
    await this.put('', { plan, clock: { manual: at }, ...more });
    return this;
  }

  /** Moves the clock, by steps that one command may take. */
  async comesTo(at: string): Promise<this> {
    await this.post('clock', { to: at });
    this.at = at;
    return this;
  }

  /** Sends one usage event of now; resolves when it is durable. */
  async uses(type: string, data: Json = {}, { id = `e-${sequence++}`, time = this.at } = {}): Promise<string> {
    await this.sends([{ id, type, data, time }]);
    return id;
  }

  async sends(events: readonly { id?: string; type: string; data: Json; time?: string }[]): Promise<void> {
    const batch = events.map(({ id = `e-${sequence++}`, type, data, time = this.at }) => ({
      specversion: '1.0',
      source: '/story',
      subject: this.organisation,
      id,
      type,
      time,
      data,
    }));
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    succeeded(await this.client.post('/v1/events', { raw: JSON.stringify(batch), headers }));
  }

  async post(path: string, json: Json = {}, headers: Readonly<Record<string, string>> = {}): Promise<Json> {
    return succeeded(await this.tries(path, json, headers)).json() as Json;
  }

  /** A command that may be refused. */
  tries(path: string, json: Json = {}, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
    const key = { 'idempotency-key': `story-${sequence++}` };
    return this.client.post(this.#path(path), { json, headers: { ...key, ...headers } });
  }

  /** The code by which a command is refused. */
  async refusal(path: string, json: Json = {}): Promise<string> {
    return (await this.tries(path, json)).problem().code;
  }

  async put(path: string, json: Json): Promise<Json> {
    return succeeded(await this.client.put(this.#path(path), { json })).json() as Json;
  }

  /** Takes credits as a hold that is settled does: used, without a meter. */
  async spends(amount: string, pool = 'credits'): Promise<void> {
    const id = `spent-${sequence++}`;
    const expiresAt = new Date(Date.parse(this.at) + HOLD_MS).toISOString();
    await this.post('holds', { id, pool, amount: '1', expiresAt });
    await this.post(`holds/${id}/settle`, { amount });
  }

  /** Reads when everything sent so far is visible. */
  async reads(path: string): Promise<Json> {
    await drained(this.client);
    return this.sees(path);
  }

  async lists(path: string): Promise<readonly Json[]> {
    return ((await this.reads(path)) as Listed).items;
  }

  /** Reads at once. */
  async sees(path: string): Promise<Json> {
    return succeeded(await this.client.get(this.#path(path))).json() as Json;
  }

  /** A pool of the balance. */
  async pool(pool = 'credits'): Promise<Json> {
    await drained(this.client);
    return { ...(await poolOf(this.client, this.organisation, pool)) };
  }

  async balance(pool = 'credits'): Promise<unknown> {
    return (await this.pool(pool))['balance'];
  }

  /** Reads until it is so: for what others do by themselves, like paying and telling. */
  async waitsFor<T>(what: string, read: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
    const giveUpAt = performance.now() + WAIT_MS;
    for (;;) {
      const seen = await read();
      if (isSo(seen)) return seen;
      if (performance.now() > giveUpAt) throw new Error(`Waited in vain for ${what}: ${JSON.stringify(seen)}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  #path(path: string): string {
    const base = `/v1/organisations/${encodeURIComponent(this.organisation)}`;
    return path === '' ? base : `${base}/${path}`;
  }
}

const HOLD_MS = 60_000;
const WAIT_MS = 60_000;
const POLL_MS = 100;

function succeeded(answer: ApiAnswer): ApiAnswer {
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text.slice(0, 500)}`);
  return answer;
}
