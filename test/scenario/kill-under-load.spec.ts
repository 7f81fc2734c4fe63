import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { poolOf, usageOf } from '../support/figures.js';
import { drained, freePort, makeDataDir, removeDataDir, StandaloneProcess } from '../support/standalone.js';

const TIMEOUT_MS = 240_000;
const KILLS = 3;
const BATCH_EVENTS = 50;
const ORGANISATIONS = ['acme', 'globex', 'initech'];

/** Sends batch after batch and repeats each until it is acknowledged, as a producer that trusts nothing. */
class Producer {
  readonly acknowledged: string[] = [];
  #isEnding = false;
  #running: Promise<void>;

  constructor(
    private readonly current: () => StandaloneProcess,
    private readonly name: string,
  ) {
    this.#running = this.#run();
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let batch = 0; !this.#isEnding; batch += 1) {
      const ids = Array.from({ length: BATCH_EVENTS }, (_, index) => `${this.name}-${batch}-${index}`);
      const time = new Date().toISOString();
      const body = JSON.stringify(ids.map((id, index) => this.#event(id, time, index)));
      while (!(await this.#isTaken(body))) await sleep(50);
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
      const { status } = await this.current().client.post('/v1/events', { raw, headers });
      return status === 202;
    } catch {
      return false;
    }
  }
}

/** The process, and in every other round its Postgres too, which its keeper would otherwise end in its own time. */
async function killEverything(app: StandaloneProcess, withPostgres: boolean): Promise<void> {
  const { pid } = JSON.parse(await readFile(join(app.dataDir, 'postgres.json'), 'utf8')) as { readonly pid: number };
  const ended = app.end('SIGKILL');
  if (withPostgres) process.kill(pid, 'SIGKILL');
  await ended;
}

describe('I2, I3: kill -9 of everything under load', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await makeDataDir();
  });
  afterAll(() => removeDataDir(dataDir));

  it(
    'loses nothing that was acknowledged, and charges nothing twice',
    async () => {
      // One port for all runs, so that producers find the service again.
      const env = { PORT: String(await freePort()) };
      const start = async () => (await StandaloneProcess.spawn({ dataDir, env })).ready();
      let app = await start();
      const producers = ['one', 'two'].map((name) => new Producer(() => app, name));
      for (let kill = 0; kill < KILLS; kill += 1) {
        await sleep(500 + kill * 700);
        await killEverything(app, kill % 2 === 1);
        app = await start();
      }
      await Promise.all(producers.map((producer) => producer.end()));
      await drained(app.client);

      const acknowledged = producers.flatMap((producer) => producer.acknowledged);
      expect(acknowledged.length).toBeGreaterThan(KILLS * BATCH_EVENTS);
      const perOrganisation = new Map<string, number>();
      for (const id of acknowledged) {
        const organisation = ORGANISATIONS[Number(id.split('-')[2]) % ORGANISATIONS.length] ?? '';
        perOrganisation.set(organisation, (perOrganisation.get(organisation) ?? 0) + 1);
      }
      for (const [organisation, events] of perOrganisation) {
        const [requests] = (await usageOf(app.client, organisation, 'meter')).filter(
          (each) => each.group['meter'] === 'requests',
        );
        expect([organisation, requests?.events]).toEqual([organisation, events]);
        // Each costs 0.1 for its tokens and 0.001 for the request.
        const used = Number(BigInt(events) * 101n) / 1000;
        expect((await poolOf(app.client, organisation)).used).toBe(String(used));
      }
      expect((await app.client.get('/v1/quarantine')).json()).toMatchObject({ items: [] });
      expect((await app.end()).code).toBe(0);
    },
    TIMEOUT_MS,
  );
});
