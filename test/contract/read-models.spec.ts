import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PostgresEventStore, type EventStore } from '@app/event-store';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import {
  createRunner,
  ReadModels,
  rebuildReadModels,
  SegmentCompactor,
  verifyReadModels,
  type LaneName,
} from '@app/read-models';
import { AccountHistory, FeedHistory, randomOf, step } from '../support/account-history.js';

const OPENED_MS = Date.UTC(2026, 8, 3);
let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
}, 60_000);
afterAll(async () => server.stop(), 60_000);

interface Parts {
  readonly url: string;
  readonly store: EventStore;
  readonly models: ReadModels;
}

/** Runs a test on an empty database of its own. */
async function withReadModels(test: (parts: Parts) => Promise<void>): Promise<void> {
  const url = await server.createDatabase();
  const store = await PostgresEventStore.connect({ url });
  const models = await ReadModels.connect({ url, name: 'test' });
  try {
    await test({ url, store, models });
  } finally {
    await store.close();
    await models.close();
  }
}

const runnerOf = async ({ models, store }: Parts, lane: LaneName, options = {}) => {
  const generation = await models.generations.live(lane);
  if (generation === undefined) throw new Error('no live generation');
  return createRunner({ generations: models.generations, store, generation, lease: null, ...options });
};

const projectAll = async (parts: Parts, limits = {}): Promise<void> => {
  for (const lane of ['accounts', 'usage'] as const) await (await runnerOf(parts, lane, { limits })).runToEnd();
};

const differencesOf = async ({ models, store }: Parts, limits = {}) =>
  (await verifyReadModels({ generations: models.generations, store, limits })).flatMap((lane) => lane.differences);

async function faultsOf({ models }: Parts): Promise<readonly (string | null)[]> {
  const { rows } = await models.pool.query<{ fault: string | null }>(
    'select distinct fault from creditfold_accounts_1.accounts union select fault from creditfold_usage_1.usage_accounts',
  );
  return rows.map(({ fault }) => fault);
}

async function appendHistory(store: EventStore, seed: number, steps: number): Promise<void> {
  const random = randomOf(seed);
  const accounts = ['acme', 'globex', 'ünï'].map((name) => new AccountHistory(name, OPENED_MS));
  const feed = new FeedHistory();
  for (let nth = 0; nth < steps; nth++) {
    const account = accounts[Math.floor(random() * accounts.length)];
    if (account === undefined) throw new Error('no account');
    step(account, random);
    await store.append([account.take()]);
    if (random() < 0.05) {
      const id = await feed.quarantine(store, BigInt(nth), random() < 0.5 ? null : 'no\0body', 'unknown');
      if (random() < 0.5) await feed.requeue(store, id);
    }
  }
}

describe('read models', () => {
  it('I6: any windows and a rebuild give the same content, decoded and added up', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 30 }),
        async (seed, windowEvents, pageEventsMax) => {
          await withReadModels(async (parts) => {
            const limits = {
              usageWindowEventsMax: windowEvents,
              usageWindowGroupsMax: windowEvents,
              accountsWindowEventsMax: windowEvents,
              pageEventsMax,
            };
            await appendHistory(parts.store, seed, 60);
            await projectAll(parts, limits);
            expect(await differencesOf(parts)).toEqual([]);
            expect(await faultsOf(parts)).toEqual([null]);
            const usage = await parts.models.generations.live('usage');
            await new SegmentCompactor(parts.models.pool, usage?.schema ?? '', null).compact();
            expect(await differencesOf(parts)).toEqual([]);
            await rebuildReadModels({ generations: parts.models.generations, store: parts.store });
            expect(await differencesOf(parts, limits)).toEqual([]);
          });
        },
      ),
      { numRuns: 6 },
    );
  }, 120_000);
});
