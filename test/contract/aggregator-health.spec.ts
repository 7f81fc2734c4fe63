import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serveHealth, type AggregatorHealth, type HealthServer } from '../../apps/aggregator/src/index.js';

const OWN = 'creditfold_aggregator_appends_total 7';
const READY: AggregatorHealth = {
  isReady: true,
  problems: [],
  alarms: [],
  parkedAccounts: 0,
  partitions: 2,
  lostPartitions: 0,
  waitingRecords: 0,
  clockSkewMs: 0,
};
let health = READY;
let server: HealthServer;

const get = async (path: string, method = 'GET') => {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  return { status: answer.status, text: await answer.text() };
};

beforeAll(async () => {
  server = await serveHealth({ health: () => health, metrics: async () => `${OWN}\n` }, { host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

describe("an aggregator's probes", () => {
  it.each([
    ['ready', READY, 200, '"status":"ok"'],
    ['stalled', { ...READY, isReady: false, problems: ['Stalled'] as const }, 503, '"problems":["Stalled"]'],
  ])('tell one that is %s from others', async (_state, now, status, said) => {
    health = now;
    expect(await get('/health/ready')).toMatchObject({ status, text: expect.stringContaining(said) });
    expect((await get('/health/live')).status).toBe(200);
  });

  it('give its metrics together with those of its process', async () => {
    const { text } = await get('/metrics');
    expect(text.split('\n')).toContain(OWN);
    expect(text).toMatch(/^process_resident_memory_bytes [1-9]\d+$/m);
  });

  it('are all that is served', async () => {
    expect((await get('/')).status).toBe(404);
    expect((await get('/metrics', 'POST')).status).toBe(405);
  });
});
