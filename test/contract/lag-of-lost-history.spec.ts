import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '@app/event-store';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { LANES, LaneWorker, Queries, ReadModels } from '@app/read-models';
import { AccountHistory } from '../support/account-history.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);

describe('how far projections are behind', () => {
  let postgres: TestPostgres;
  let models: ReadModels;
  beforeAll(async () => {
    postgres = await startTestPostgres();
    models = await ReadModels.connect({ url: postgres.url, name: 'test' });
  });
  afterAll(async () => {
    await models.close();
    await postgres.stop();
  });

  it('is the whole of a store that was restored to a point before what they have projected', async () => {
    const [store, restored] = [new MemoryEventStore(), new MemoryEventStore()];
    const account = new AccountHistory('acme', NOW_MS);
    const opening = account.take();
    await store.append([opening]);
    account.grant(5n);
    await store.append([account.take()]);
    const lanes = LANES.map((lane) => new LaneWorker({ lane, generations: models.generations, store }));
    for (const lane of lanes) lane.start();
    const queries = new Queries({ models, store });
    expect(await queries.waitForRevision('acme', account.revision, 60_000)).toBe(true);
    await Promise.all(lanes.map((lane) => lane.stop()));
    expect((await queries.lag()).map(({ behind }) => behind)).toEqual([0, 0]);

    await restored.append([opening]);
    for (const hasDensePositions of [true, false]) {
      const lag = await new Queries({ models, store: restored, hasDensePositions }).lag();
      expect(lag.map(({ behind }) => behind)).toEqual([opening.events.length, opening.events.length]);
    }
  });
});
