import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openEventStore, type EventStore } from '@app/event-store';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import { Queries, ReadModels } from '@app/read-models';
import { AccountHistory } from '../support/account-history.js';
import { eventually } from '../support/eventually.js';
import { AppProcess } from '../support/kafka/app-process.js';
import { runApp } from '../support/run-app.js';

/** The lease of the active one (five seconds) has to end first; the rest is for a busy machine. */
const TAKEOVER_MS = 60_000;

interface Ready {
  readonly lanes: readonly { readonly lane: string; readonly isLeading: boolean }[];
}

async function leads(projector: AppProcess): Promise<readonly boolean[]> {
  const { lanes } = (await (await fetch(`${projector.url}/health/ready`)).json()) as Ready;
  return lanes.map(({ isLeading }) => isLeading);
}

const leadsAll = async (projector: AppProcess): Promise<void> =>
  eventually('it leads every lane', async () => (await leads(projector)).every((isLeading) => isLeading));
/** Resolves when one leads every lane and the other none. Each lane learns of a lost lease when it next renews it. */
const leadsAlone = async (active: AppProcess, standby: AppProcess): Promise<void> =>
  eventually('one leads, and one stands by', async () => {
    const [leading, waiting] = await Promise.all([leads(active), leads(standby)]);
    return leading.every((isLeading) => isLeading) && !waiting.some((isLeading) => isLeading);
  });

describe('two projectors, each a process', () => {
  let postgres: TestPostgres;
  let url: string;
  let store: EventStore;
  let models: ReadModels;
  let account: AccountHistory;
  const started: AppProcess[] = [];
  beforeAll(async () => {
    postgres = await startTestPostgres();
  });
  beforeEach(async () => {
    url = await postgres.createDatabase();
    ({ store } = await openEventStore({ databaseUrl: url }));
    models = await ReadModels.connect({ url, name: 'test' });
    account = new AccountHistory('acme', Date.UTC(2026, 10, 1));
    await store.append([account.take()]);
  });
  afterAll(async () => {
    for (const each of started) each.signal('SIGCONT');
    await Promise.all(started.map((each) => each.end('SIGKILL')));
    await postgres.stop();
  });

  const start = async (): Promise<AppProcess> => {
    const projector = await (await AppProcess.spawn('projector', { DATABASE_URL: url, KURRENTDB_URL: '' })).ready();
    started.push(projector);
    return projector;
  };
  /** Appends to the account, and resolves when the read models show it. */
  const projected = async (): Promise<boolean> => {
    account.grant(5n);
    await store.append([account.take()]);
    return new Queries({ models, store }).waitForRevision('acme', account.revision, TAKEOVER_MS);
  };
  /** The active one and its standby. */
  const startBoth = async (): Promise<readonly [AppProcess, AppProcess]> => {
    const active = await start();
    expect(await projected()).toBe(true);
    await leadsAll(active);
    const standby = await start();
    await leadsAlone(active, standby);
    return [active, standby];
  };
  const close = async (): Promise<void> => {
    await Promise.all([store.close(), models.close()]);
    expect(await runApp('replay', ['verify'], { DATABASE_URL: url, KURRENTDB_URL: '' })).toMatchObject({ code: 0 });
  };

  it('the standby takes over within seconds when the active one is killed', async () => {
    const [active, standby] = await startBoth();
    await active.end('SIGKILL');
    expect(await projected()).toBe(true);
    await leadsAll(standby);
    expect(await standby.end()).toMatchObject({ code: 0 });
    await close();
  });

  it('I7: an active one that froze is replaced, changes nothing when it comes back, and stands by', async () => {
    const [active, standby] = await startBoth();
    active.signal('SIGSTOP');
    expect(await projected()).toBe(true);
    await leadsAll(standby);
    active.signal('SIGCONT');
    expect(await projected()).toBe(true);
    await leadsAlone(standby, active);
    await Promise.all([active.end(), standby.end()]);
    await close();
  });
});
