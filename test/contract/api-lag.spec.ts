import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApiHarness } from '../support/api-harness.js';
import type { ApiHarness } from '../support/api-harness.js';

interface Lag {
  readonly waiting: number;
  readonly behind: number;
  readonly partitions: { topic: string; partition: number; position: string; end: string; waiting: number }[];
  readonly projections: { name: string; position: string; behind: number; asOf: object }[];
}

let api: ApiHarness;
const nowMs = Date.UTC(2026, 10, 20, 10);
beforeAll(async () => {
  api = await startApiHarness();
  await api.publishCatalog();
});
afterAll(() => api.stop());

const lag = async (): Promise<Lag> => {
  const answer = await api.admin.get('/v1/lag');
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.json() as Lag;
};

let sent = 0;
const send = async (count: number): Promise<void> => {
  const events = Array.from({ length: count }, () => ({
    specversion: '1.0',
    id: `lag-${sent++}`,
    source: '/gateway',
    type: 'trace.ingested',
    subject: 'acme',
    time: new Date(nowMs).toISOString(),
  }));
  await api.admin.post('/v1/events', {
    raw: JSON.stringify(events),
    headers: { 'content-type': 'application/cloudevents-batch+json' },
  });
};

describe('GET /v1/lag', () => {
  it('counts what waits in each partition, by the positions in the streams', async () => {
    expect((await lag()).waiting).toBe(0);
    await send(3);
    const waiting = await lag();
    expect(waiting.waiting).toBe(3);
    const partition = waiting.partitions.find((each) => each.waiting > 0);
    expect(partition).toMatchObject({ topic: 'usage.v1', position: '0', end: '3', waiting: 3 });
    const stream = await api.accounts.feeds.assign(
      { topic: 'usage.v1', generation: 0, partition: partition?.partition ?? -1 },
      nowMs,
    );
    await stream.recordPosition({ nextOffset: 2n, last: null, markMs: nowMs, atMs: nowMs, records: [] });
    await api.accounts.feeds.assign({ topic: 'usage.v1', generation: 0, partition: partition?.partition ?? -1 }, nowMs);
    expect((await lag()).waiting).toBe(1);
  });

  it('knows what was accepted before it was asked, whoever else is asking', async () => {
    const { waiting } = await lag();
    for (let times = 1; times <= 5; times++) {
      const others = [lag(), lag(), lag()];
      await send(1);
      const [own, ...shared] = await Promise.all([lag(), lag(), lag()]);
      expect([own.waiting, ...shared.map((each) => each.waiting)]).toEqual(Array(3).fill(waiting + times));
      await Promise.all(others);
    }
  });

  it('takes a consumer at its word between two written positions, unless it speaks of another log', async () => {
    const behind = (await lag()).partitions.find((each) => each.waiting > 0);
    const hint = async (nextOffset: bigint): Promise<number> => {
      const consumer = api.feed.consumer({ topics: ['usage.v1'], batchRecordsMax: 1, batchBytesMax: 1, idleMs: 1_000 });
      consumer.hintPosition({ topic: 'usage.v1', partition: behind?.partition ?? -1 }, nextOffset);
      await consumer.stop();
      return (await lag()).waiting;
    };
    const end = BigInt(behind?.end ?? 0);
    expect(behind?.waiting).toBeGreaterThan(1);
    expect(await hint(end + 1n)).toBe(behind?.waiting);
    expect(await hint(end - 1n)).toBe(1);
    expect(await hint(end)).toBe(0);
    expect(await hint(1n)).toBe(behind?.waiting);
  });

  it('counts what the projections have not seen', async () => {
    const { behind, projections } = await lag();
    expect(projections.map((each) => each.name).toSorted()).toEqual(['accounts', 'usage']);
    for (const { position, asOf } of projections) expect(asOf).toEqual({ revision: null, position, ledgerTime: null });
    const head = await api.accounts.store.head();
    expect(behind).toBe(Number(head.commit));
    expect(behind).toBeGreaterThan(0);
  });

  it("is the operator's", async () => {
    const acme = await api.clientWith({ organisation: 'acme', scopes: ['read'] });
    expect((await acme.get('/v1/lag')).problem()).toMatchObject({ status: 403, code: 'ScopeMissing' });
  });
});
