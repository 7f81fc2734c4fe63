import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresEventStore } from '@app/event-store';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { Queries, ReadModels } from '@app/read-models';
import {
  serveProjector,
  startProjector,
  type FatalFault,
  type ProjectorHealth,
} from '../../apps/projector/src/index.js';
import { AccountHistory } from '../support/account-history.js';
import { eventually } from '../support/eventually.js';

let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(async () => server.stop());

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

const WITHIN_MS = 60_000;

/** Both lanes: before the first look there is none to say so. */
const isLeading = ({ lanes }: ProjectorHealth): boolean => lanes.length === 2 && lanes.every((lane) => lane.isLeading);

describe('projector', () => {
  it('projects what is appended, says so over HTTP, and lets a second one take over', async () => {
    const url = await server.createDatabase();
    const store = await PostgresEventStore.connect({ url });
    const models = await ReadModels.connect({ url, name: 'test' });
    const config = { store, models, log: quiet, onFatal: () => undefined };
    const first = await serveProjector(config, { port: 0, host: '127.0.0.1' });
    await eventually('the first one leads', () => isLeading(first.health()));
    const account = new AccountHistory('acme', Date.UTC(2026, 10, 1));
    await store.append([account.take()]);
    const queries = new Queries({ models, store });
    expect(await queries.waitForRevision('acme', account.revision, WITHIN_MS)).toBe(true);
    const base = `http://127.0.0.1:${first.port}`;
    expect((await fetch(`${base}/health/live`)).status).toBe(200);
    const ready = await fetch(`${base}/health/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([200, { status: 'ok', problems: [] }]);
    // Rows are seen when they are committed, which the lane hears, and counts, a moment later.
    await eventually('the count of events', async () =>
      (await (await fetch(`${base}/metrics`)).text()).includes('creditfold_projector_events_total{lane="usage"} 2\n'),
    );
    const second = await serveProjector(config, { port: 0, host: '127.0.0.1' });
    await first.stop();
    account.grant(5n);
    await store.append([account.take()]);
    expect(await queries.waitForRevision('acme', account.revision, WITHIN_MS)).toBe(true);
    await second.stop();
    await Promise.all([store.close(), models.close()]);
  });

  it('I11: turns red and ends when events wait and nothing moves', async () => {
    const url = await server.createDatabase();
    const store = await PostgresEventStore.connect({ url });
    const models = await ReadModels.connect({ url, name: 'test' });
    // Whatever the lane tries to write fails.
    await models.pool.query('alter table creditfold_usage_1.usage_accounts add check (revision < 0) not valid');
    const faults: FatalFault[] = [];
    const settings = { watchEveryMs: 100, stalledRedMs: 300, stalledExitMs: 600 };
    const projector = await serveProjector(
      { store, models, log: quiet, onFatal: (fault) => faults.push(fault), settings },
      { port: 0, host: '127.0.0.1' },
    );
    await store.append([new AccountHistory('acme', Date.UTC(2026, 10, 1)).take()]);
    await eventually('the end', () => faults.length > 0);
    expect(faults).toMatchObject([{ code: 'Stalled' }]);
    expect((await fetch(`http://127.0.0.1:${projector.port}/health/ready`)).status).toBe(503);
    await projector.stop();
    await Promise.all([store.close(), models.close()]);
  });

  it('F35: a lock on the rows, of a session that is idle in its transaction, turns it red until the lock is gone', async () => {
    const url = await server.createDatabase();
    const store = await PostgresEventStore.connect({ url });
    const models = await ReadModels.connect({ url, name: 'test' });
    const faults: FatalFault[] = [];
    const settings = { watchEveryMs: 100, stalledRedMs: 300, stalledExitMs: 60_000 };
    const projector = await startProjector({
      store,
      models,
      log: quiet,
      onFatal: (fault) => faults.push(fault),
      settings,
    });
    await eventually('it leads', () => isLeading(projector.health()));
    const idler = await models.pool.connect();
    await idler.query('begin; lock table creditfold_usage_1.usage_accounts in share mode');
    const account = new AccountHistory('acme', Date.UTC(2026, 10, 1));
    await store.append([account.take()]);
    await eventually('it is red', () => projector.health().problems.includes('Stalled'));
    expect(projector.health()).toMatchObject({ isReady: false, problems: ['Stalled'] });
    await idler.query('rollback');
    idler.release();
    expect(await new Queries({ models, store }).waitForRevision('acme', account.revision, WITHIN_MS)).toBe(true);
    await eventually('it is green', () => projector.health().isReady);
    expect(projector.health().problems).toEqual([]);
    expect(faults).toEqual([]);
    await projector.stop();
    await Promise.all([store.close(), models.close()]);
  });
});
