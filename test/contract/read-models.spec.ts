import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { PostgresEventStore, type EventStore } from '@app/event-store';
import { startTestPostgres, type TestPostgres } from '@app/postgres/testing';
import {
  createRunner,
  LaneWorker,
  Queries,
  ReadModels,
  rebuildReadModels,
  SegmentCompactor,
  verifyReadModels,
  type LaneName,
} from '@app/read-models';
import { AccountHistory } from '../support/account-history.js';
import { eventually } from '../support/eventually.js';
import { FeedHistory } from '../support/feed-history.js';
import { randomOf, step } from '../support/random-history.js';

const OPENED_MS = Date.UTC(2026, 8, 3);
let server: TestPostgres;
beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(async () => server.stop());

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
        fc.record({
          windowEvents: fc.integer({ min: 1, max: 40 }),
          pageEventsMax: fc.integer({ min: 1, max: 30 }),
          sumsRowsMin: fc.constantFrom(0, 4, 1_000),
          usageRowsKeptMax: fc.constantFrom(0, 5, 1_000),
        }),
        async (seed, { windowEvents, ...others }) => {
          await withReadModels(async (parts) => {
            const limits = {
              usageWindowEventsMax: windowEvents,
              usageWindowGroupsMax: windowEvents,
              accountsWindowEventsMax: windowEvents,
              ...others,
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
  });

  it('F34: a crash between rows and checkpoint neither skips nor doubles', async () => {
    await withReadModels(async (parts) => {
      await appendHistory(parts.store, 7, 40);
      for (const lane of ['accounts', 'usage'] as const) {
        let commits = 0;
        const beforeCommit = async (): Promise<void> => {
          if (commits++ % 2 === 0) throw new Error('crashed');
        };
        const limits = {
          usageWindowEventsMax: 10,
          usageWindowGroupsMax: 10,
          accountsWindowEventsMax: 5,
          pageEventsMax: 3,
        };
        const runner = await runnerOf(parts, lane, { limits, beforeCommit });
        const crashes: unknown[] = [];
        for (let isEnd = false; !isEnd;)
          try {
            ({ isEnd } = await runner.runWindow());
          } catch (error) {
            crashes.push(error);
          }
        expect(crashes.length).toBeGreaterThan(3);
        expect(new Set(crashes.map(String))).toEqual(new Set(['Error: crashed']));
      }
      expect(await differencesOf(parts)).toEqual([]);
    });
  });

  it('I7: a stale projector changes nothing', async () => {
    await withReadModels(async (parts) => {
      await appendHistory(parts.store, 8, 20);
      const stale = await runnerOf(parts, 'usage');
      await projectAll(parts);
      await expect(stale.runToEnd()).rejects.toMatchObject({ code: 'StaleProjector' });
      expect(await differencesOf(parts)).toEqual([]);
      // It has read where the other one is, and goes on from there.
      await stale.runToEnd();
      expect(await differencesOf(parts)).toEqual([]);
    });
  });

  it('a rebuild switches at once while appends and live projectors go on, and readers do not notice (F39)', async () => {
    await withReadModels(async (parts) => {
      const { models, store } = parts;
      const workers = (['accounts', 'usage'] as const).map(
        (lane) => new LaneWorker({ lane, generations: models.generations, store }),
      );
      const queries = new Queries({ models, store });
      const account = new AccountHistory('acme', OPENED_MS);
      await store.append([account.take()]);
      for (const worker of workers) worker.start();
      const random = randomOf(9);
      const done = new AbortController();
      const appending = (async () => {
        while (!done.signal.aborted) {
          step(account, random);
          await store.append([account.take()]);
        }
      })();
      expect(await queries.waitForRevision('acme', 20n, 60_000)).toBe(true);
      let reads = 0;
      const reading = (async () => {
        let last = -1n;
        while (!done.signal.aborted) {
          const revision = BigInt((await queries.balance('acme'))?.asOf.revision ?? -2);
          expect(revision).toBeGreaterThanOrEqual(last);
          last = revision;
          reads++;
        }
      })();
      const built = await rebuildReadModels({ generations: models.generations, store });
      expect(built.map(({ generation }) => generation)).toEqual([2, 2]);
      done.abort();
      await Promise.all([appending, reading]);
      expect(reads).toBeGreaterThan(0);
      expect(await queries.waitForRevision('acme', account.revision, 60_000)).toBe(true);
      expect(await differencesOf(parts)).toEqual([]);
      await Promise.all(workers.map((worker) => worker.stop()));
      expect((await models.generations.live('usage'))?.generation).toBe(2);
    });
  });

  it('a generation that goes between two questions is not noticed', async () => {
    await withReadModels(async (parts) => {
      const { models, store } = parts;
      const account = new AccountHistory('acme', OPENED_MS);
      await store.append([account.take()]);
      await projectAll(parts);
      const [early, late] = [new Queries({ models, store }), new Queries({ models, store })];
      for (const queries of [early, late])
        expect((await queries.balance('acme'))?.asOf.revision).toBe(account.revision.toString());
      await rebuildReadModels({ generations: models.generations, store });
      account.grant(5n);
      await store.append([account.take()]);
      await projectAll(parts);
      const balance = await early.balance('acme');
      expect(balance?.asOf).toMatchObject({
        revision: account.revision.toString(),
        position: (await store.head()).commit.toString(),
      });
      await models.generations.dropRetired(0);
      expect(await late.balance('acme')).toEqual(balance);
      expect(await late.balance('nobody')).toBeUndefined();
    });
  });

  it('F45: a store restored to an earlier point has its lanes built again from what it holds', async () => {
    await withReadModels(async (parts) => {
      await appendHistory(parts.store, 10, 40);
      await projectAll(parts);
      const url = await server.createDatabase();
      const restored = await PostgresEventStore.connect({ url });
      await appendHistory(restored, 11, 15);
      const rebuilt: string[] = [];
      const workers = (['accounts', 'usage'] as const).map(
        (lane) =>
          new LaneWorker({
            lane,
            generations: parts.models.generations,
            store: restored,
            listener: { onRebuild: (name) => rebuilt.push(name) },
          }),
      );
      for (const worker of workers) worker.start();
      const head = await restored.head();
      const isThere = async (): Promise<boolean> =>
        (await parts.models.generations.allLive()).every(
          ({ generation, checkpoint }) => generation === 2 && checkpoint.position.commit === head.commit,
        );
      await eventually('the lanes built again', isThere);
      await Promise.all(workers.map((worker) => worker.stop()));
      expect(rebuilt.toSorted()).toEqual(['accounts', 'usage']);
      expect(await differencesOf({ ...parts, store: restored })).toEqual([]);
      await restored.close();
    });
  });

  it('names every kind of altered row', async () => {
    await withReadModels(async (parts) => {
      await appendHistory(parts.store, 12, 60);
      await projectAll(parts, { sumsRowsMin: 1 });
      const alterations: readonly (readonly [sql: string, table: string, field: string])[] = [
        ["update creditfold_accounts_1.accounts set plan = 'other' where organisation = 'acme'", 'accounts', 'plan'],
        [
          "update creditfold_accounts_1.ledger_entries set amount = amount + 1 where revision = 1 and organisation = 'acme'",
          'ledger_entries',
          'amount',
        ],
        [
          "update creditfold_accounts_1.cycle_figures set used = used + 1 where organisation = 'acme'",
          'cycle_figures',
          'used',
        ],
        [
          "delete from creditfold_accounts_1.quarantined_records where organisation = 'acme'",
          'quarantined_records',
          'row',
        ],
        [
          'update creditfold_usage_1.usage_totals set figures[4] = figures[4] + 1 where ctid = (select min(ctid) from creditfold_usage_1.usage_totals)',
          'usage_totals',
          'figures',
        ],
        [
          `update creditfold_usage_1.cycle_meters set meters = replace(meters, '"late":[', '"late":[1')`,
          'cycle_meters',
          'meters',
        ],
        [
          "update creditfold_usage_1.usage_accounts set revision = revision - 1 where organisation = 'acme'",
          'usage_accounts',
          'revision',
        ],
        ['update creditfold_usage_1.usage_segments set sums = data where sums is not null', 'usage_segments', 'sums'],
        [
          'delete from creditfold_usage_1.usage_segments where ctid = (select min(ctid) from creditfold_usage_1.usage_segments)',
          'usage_segments',
          'content',
        ],
        [
          "update creditfold_usage_1.usage_totals set meters = array_replace(meters, 'input-tokens', 'images') where hour = 24",
          'usage_totals',
          'meters',
        ],
      ];
      for (const [sql] of alterations) expect((await parts.models.pool.query(sql)).rowCount).toBeGreaterThan(0);
      const found = await differencesOf(parts);
      for (const [, table, field] of alterations)
        expect(
          found.some(
            (difference) =>
              difference.table === table &&
              (difference.field === field || (field === 'content' && difference.field === 'row')),
          ),
        ).toBe(true);
      expect(found.find(({ table, field }) => table === 'accounts' && field === 'plan')).toEqual({
        lane: 'accounts',
        table: 'accounts',
        key: { organisation: 'acme' },
        field: 'plan',
        stored: 'other',
        recomputed: 'pro',
      });
    });
  });

  it('I9: an event that cannot be read stops its own account only', async () => {
    await withReadModels(async (parts) => {
      const { store, models } = parts;
      const [good, bad] = [new AccountHistory('good', OPENED_MS), new AccountHistory('bad', OPENED_MS)];
      await store.append([good.take(), bad.take()]);
      good.grant(5n);
      const broken = { id: randomUUID(), type: 'UsageCharged', data: Buffer.alloc(40, 1) };
      await store.append([{ stream: bad.stream, expectedRevision: bad.revision, events: [broken] }, good.take()]);
      await projectAll(parts);
      const queries = new Queries({ models, store });
      expect((await queries.balance('good'))?.asOf.revision).toBe(good.revision.toString());
      expect((await queries.balance('bad'))?.asOf.revision).toBe('1');
      expect((await queries.faults()).map(({ lane, organisation }) => [lane, organisation])).toEqual([
        ['accounts', 'bad'],
        ['usage', 'bad'],
      ]);
      expect(await differencesOf(parts)).toEqual([]);
    });
  });
});
