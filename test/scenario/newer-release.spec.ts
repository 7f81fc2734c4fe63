import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeAccountEvent } from '@app/accounts';
import { appendNewerEvent } from '@app/accounts/testing';
import { openEventStore, type EventStore } from '@app/event-store';
import { createPool } from '@app/postgres';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { AccountHistory } from '../support/account-history.js';
import { AggregatorWorld } from '../support/aggregator-world.js';
import { startApiHarness } from '../support/api-harness.js';
import { AppProcess } from '../support/kafka/app-process.js';
import { CATALOG, recordOf } from '../support/usage-records.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);
const SAYS = 'The stream holds a GrantVoided event of version 2, and this release reads up to 1.';

/** F38: releases run side by side during an upgrade, and the older ones meet what the newer ones write. */
describe('a process that meets what a newer release wrote', () => {
  let postgres: TestPostgres;
  let url: string;
  let store: EventStore;
  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  beforeEach(async () => {
    url = await postgres.createDatabase();
    ({ store } = await openEventStore({ databaseUrl: url }));
  });
  afterAll(async () => postgres.stop());

  const startProjector = (): Promise<AppProcess> =>
    AppProcess.spawn('projector', { DATABASE_URL: url, KURRENTDB_URL: '' });

  it('in the streams: the projector ends, says which release it needs, and has projected what it understands', async () => {
    const account = new AccountHistory('acme', NOW_MS);
    await store.append([account.take()]);
    const projector = await (await startProjector()).ready();
    await appendNewerEvent(store, 'acme');
    const { code, output } = await projector.ended;
    expect([code, output]).toEqual([1, expect.stringContaining('NewerEventVersion')]);
    expect(output).toContain(SAYS);
    await store.close();
  });

  it('in the tables: the projector does not begin, and names what it does not know', async () => {
    const first = await (await startProjector()).ready();
    await first.end();
    const pool = createPool(url, { applicationName: 'test', max: 1 });
    await pool.query(`insert into creditfold_reads.migrations (name, run_on) values ('9999_later', now())`);
    await pool.end();
    const { code, output } = await (await startProjector()).ended;
    expect([code, output]).toEqual([1, expect.stringMatching(/SchemaTooNew.*9999_later.*newer version/)]);
    await store.close();
  });

  it('in an account: the aggregator ends with its reason, and decides nothing more of that account', async () => {
    const reasons: string[] = [];
    const world = new AggregatorWorld(NOW_MS);
    await world.createTopics();
    await world.publishCatalog(CATALOG);
    const first = await world.start();
    await world.publish([recordOf({ id: 'e-1', organisation: 'acme', timeMs: NOW_MS })]);
    await world.drained();
    await first.stop();
    world.running.delete(first);
    const newer = await appendNewerEvent(world.store, 'acme');
    const onFatal = ({ code, detail }: { code: string; detail: string }): void =>
      void reasons.push(`${code}: ${detail}`);
    await world.start({ onFatal });
    await world.publish([recordOf({ id: 'e-2', organisation: 'acme', timeMs: NOW_MS })]);
    await world.until('the end of the aggregator', () => reasons.length > 0);
    expect(reasons).toEqual([expect.stringContaining(`Failed: NewerEventVersion: ${SAYS}`)]);
    const [last] = await world.store.readStream('account-acme', { direction: 'backwards', maxCount: 1 });
    expect(last?.id).toBe(newer.id);
    await world.end();
  });

  it('in an account: the API sends its requests on to newer processes, and the others flow (I9)', async () => {
    const api = await startApiHarness();
    await api.publishCatalog();
    for (const organisation of ['acme', 'globex']) {
      const made = await api.admin.put(`/v1/organisations/${organisation}`, { json: { plan: 'pro' } });
      expect(made.status).toBe(200);
    }
    await appendNewerEvent(api.accounts.store, 'acme');
    const grant = { json: { pool: 'credits', amount: '5', source: 'promotion', reason: 'welcome' } };
    const ask = (organisation: string): ReturnType<typeof api.admin.post> =>
      api.admin.post(`/v1/organisations/${organisation}/grants`, { ...grant, headers: { 'idempotency-key': 'g-1' } });
    expect(await ask('acme')).toMatchObject({ status: 503, text: expect.stringContaining('"code":"Unavailable"') });
    expect(await ask('globex')).toMatchObject({ status: 200 });
    expect(api.logLines.join('')).toContain(SAYS);
    const stored = await api.accounts.store.readStream('account-globex', { direction: 'backwards', maxCount: 1 });
    expect(stored.map((event) => decodeAccountEvent(event).event.type)).toEqual(['CreditsGranted']);
    await api.stop();
  });
});
