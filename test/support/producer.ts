import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from './api-client.js';
import { poolOf, usageOf } from './figures.js';

/** Of one request. */
export const BATCH_EVENTS = 50;
const ORGANISATIONS = ['acme', 'globex', 'initech'];
const PAUSE_MS = 50;

/** Sends batch after batch and repeats each until it is acknowledged, as a producer that trusts nothing. */
export class Producer {
  readonly acknowledged: string[] = [];
  /** Of the last answer; 0 where there was none. */
  lastStatus = 0;
  #isEnding = false;
  #running: Promise<void>;

  constructor(
    private readonly client: () => ApiClient,
    private readonly name: string,
  ) {
    this.#running = this.#run();
  }

  /** Resolves when the batch under way is acknowledged. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let batch = 0; !this.#isEnding; batch += 1) {
      const ids = Array.from({ length: BATCH_EVENTS }, (_, index) => `${this.name}-${batch}-${index}`);
      const time = new Date().toISOString();
      const body = JSON.stringify(ids.map((id, index) => this.#event(id, time, index)));
      while (!(await this.#isTaken(body))) await sleep(PAUSE_MS);
      this.acknowledged.push(...ids);
    }
  }

  #event(id: string, time: string, index: number): object {
    const subject = ORGANISATIONS[index % ORGANISATIONS.length];
    const data = { model: 'small', input_tokens: 1000 };
    return { specversion: '1.0', id, source: '/load', type: 'llm.completion', subject, time, data };
  }

  async #isTaken(raw: string): Promise<boolean> {
    try {
      const headers = { 'content-type': 'application/cloudevents-batch+json' };
      this.lastStatus = (await this.client().post('/v1/events', { raw, headers })).status;
    } catch {
      this.lastStatus = 0;
    }
    return this.lastStatus === 202;
  }
}

export interface Figures {
  readonly events: number;
  readonly used: string;
}

/** What the organisations have used when everything acknowledged is charged once: 0.1 for tokens, 0.001 a request. */
export function figuresOfAcknowledged(producers: readonly Producer[]): Record<string, Figures> {
  const counts = new Map<string, number>();
  for (const id of producers.flatMap(({ acknowledged }) => acknowledged)) {
    const organisation = ORGANISATIONS[Number(id.split('-').at(-1)) % ORGANISATIONS.length] ?? '';
    counts.set(organisation, (counts.get(organisation) ?? 0) + 1);
  }
  return Object.fromEntries(
    Array.from(counts, ([organisation, events]) => [organisation, { events, used: String((events * 101) / 1000) }]),
  );
}

/** What the read models say of the same organisations. */
export async function figuresOfService(client: ApiClient): Promise<Record<string, Figures>> {
  const figures: Record<string, Figures> = {};
  for (const organisation of ORGANISATIONS) {
    const usage = await usageOf(client, organisation, 'meter');
    const events = usage.find(({ group }) => group['meter'] === 'requests')?.events ?? 0;
    figures[organisation] = { events, used: (await poolOf(client, organisation)).used };
  }
  return figures;
}
