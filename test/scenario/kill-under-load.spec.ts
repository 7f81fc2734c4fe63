import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { faultMs } from '../support/fault-ms.js';
import { freePort } from '../support/free-port.mjs';
import { figuresOfAcknowledged, figuresOfService, Producer } from '../support/producer.js';
import { drained, makeDataDir, removeDataDir, StandaloneProcess } from '../support/standalone.js';

/** Ten times as many in a soak. */
const KILLS = Math.round(faultMs(30_000, 3_000) / 1_000);
const EVENTS_MIN = 150;

/** The process, and in every other round its Postgres too, which its keeper would otherwise end in its own time. */
async function killEverything(app: StandaloneProcess, withPostgres: boolean): Promise<void> {
  const { pid } = JSON.parse(await readFile(join(app.dataDir, 'postgres.json'), 'utf8')) as { readonly pid: number };
  const ended = app.end('SIGKILL');
  if (withPostgres) process.kill(pid, 'SIGKILL');
  await ended;
}

describe('I2, I3: kill -9 of everything under load, again and again (F2)', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await makeDataDir();
  });
  afterAll(() => removeDataDir(dataDir));

  it('loses nothing that was acknowledged, and charges nothing twice', async () => {
    // One port for all runs, so that producers find the service again.
    const env = { PORT: String(await freePort()) };
    const start = async () => (await StandaloneProcess.spawn({ dataDir, env })).ready();
    let app = await start();
    const producers = ['one', 'two'].map((name) => new Producer(() => app.client, name));
    for (let kill = 0; kill < KILLS; kill += 1) {
      await sleep(500 + (kill % 3) * 700);
      await killEverything(app, kill % 2 === 1);
      app = await start();
    }
    await Promise.all(producers.map((producer) => producer.end()));
    await drained(app.client);

    expect(producers.flatMap(({ acknowledged }) => acknowledged).length).toBeGreaterThan(EVENTS_MIN);
    expect(await figuresOfService(app.client)).toEqual(figuresOfAcknowledged(producers));
    expect((await app.client.get('/v1/quarantine')).json()).toMatchObject({ items: [] });
    expect((await app.end()).code).toBe(0);
  });
});
