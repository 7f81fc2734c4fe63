import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountEvents, accountStream } from '@app/accounts';
import { MemoryEventStore, MemorySnapshotStore } from '@app/event-store';
import type { AccountCommand, AccountEvent } from '@app/metering';
import { TestProcessor } from '@app/payments';
import { createPool, migrateLeases } from '@app/postgres';
import { startTestPostgres } from '@app/postgres/testing';
import type { TestPostgres } from '@app/postgres/testing';
import { MemoryUsageFeed } from '@app/usage-feed';
import type { Pool } from 'pg';
import { pino } from 'pino';
import { composeAccounts, topicDefinitions } from '../../apps/api/src/index.js';
import type { AccountParts } from '../../apps/api/src/index.js';
import type { Followed } from '../../apps/api/src/following/followed.js';
import { PaymentProcessors } from '../../apps/api/src/payments/payment-processors.js';
import { METHOD_KEY, METHOD_RECORD, recordText } from '../../apps/api/src/payments/payment-records.js';
import { PaymentSettlement } from '../../apps/api/src/payments/payment-settlement.js';
import { RechargeExecutor } from '../../apps/api/src/payments/recharge-executor.js';
import { migrateApi } from '../../apps/api/src/postgres/postgres-key-store.js';
import { PostgresPaymentJournal } from '../../apps/api/src/postgres/postgres-payment-journal.js';
import { CATALOG } from '../support/api-catalog.js';
import { MoneyBox } from '../support/money-box.js';
import { eventually } from '../support/eventually.js';
import { settle } from '../support/paying-accounts.js';

const NOW_MS = Date.UTC(2026, 10, 20, 10);
const TOPIC = 'usage.v1';
const CACHE_BYTES = 64 * 1024 * 1024;
const log = pino({ level: 'silent' });
const nowMs = (): number => NOW_MS;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

/** Streams, money and journal of one test, which outlive the executors that are started on them. */
class World {
  store = new MemoryEventStore(() => new Date(NOW_MS));
  readonly money = new MoneyBox();
  readonly #closers: (() => Promise<void> | void)[] = [];
  #keys = 0;

  private constructor(readonly pool: Pool) {}

  static async make(): Promise<World> {
    const url = await postgres.createDatabase();
    await migrateApi(url);
    await migrateLeases(url);
    const world = new World(createPool(url, { applicationName: 'executor-test', max: 4 }));
    await world.publishCatalog();
    return world;
  }

  async publishCatalog(): Promise<void> {
    const { catalogs } = await this.parts();
    await catalogs.publish(CATALOG, { expectedVersion: 0, nowMs: NOW_MS, actor: null, fileHash: null });
  }

  /** What one process has: caches of its own, on the same streams. */
  async parts(): Promise<AccountParts> {
    const feed = new MemoryUsageFeed(nowMs);
    await feed.ensureTopics(topicDefinitions(TOPIC));
    const snapshots = new MemorySnapshotStore();
    const parts = await composeAccounts({
      store: this.store,
      snapshots,
      feed,
      topic: TOPIC,
      accountCacheBytes: CACHE_BYTES,
      nowMs,
      log,
    });
    this.#closers.push(() => parts.stop());
    return parts;
  }

  async executor(): Promise<RechargeExecutor> {
    const { store, accounts, commands, catalogs } = await this.parts();
    const test = new TestProcessor({ secrets: ['unused'], nowMs, onWarning: () => undefined });
    const processors = new PaymentProcessors(this.money, test);
    const settlement = new PaymentSettlement({ accounts, commands, processors, log });
    const journal = new PostgresPaymentJournal(this.pool);
    const catalog = () => catalogs.current;
    const executor = new RechargeExecutor({ store, accounts, catalog, processors, settlement, journal, nowMs, log });
    this.#closers.push(() => executor.stop());
    executor.start();
    return executor;
  }

  /** An account whose recharge is requested. */
  async request(organisation: string): Promise<void> {
    const { commands } = await this.parts();
    const method = { kind: 'token', token: 'pm_1', customer: null } as const;
    const value = recordText({ method, sinceMs: NOW_MS, storedAtMs: NOW_MS });
    const all: AccountCommand[] = [
      { kind: 'OpenAccount', plan: 'pro', anchorDay: 1, openedAtMs: null, manualClockMs: null },
      { kind: 'PutRecord', record: METHOD_RECORD, key: METHOD_KEY, value },
      {
        kind: 'SetAutoRecharge',
        enabled: true,
        package: 'small',
        thresholdNanos: 10n ** 13n,
        monthlyLimitMinor: 1_000n,
      },
    ];
    for (const command of all) {
      const key = `k-${this.#keys++}`;
      const request = { command, route: 'test', key, requestHash: key, actor: null, reason: null };
      const answer = await commands.execute(organisation, request);
      if (answer.kind !== 'accepted') throw new Error(JSON.stringify(answer.kind));
    }
  }

  async events(organisation: string, type: AccountEvent['type']): Promise<AccountEvent[]> {
    const stored = await this.store.readStream(accountStream(organisation), { maxCount: 1_000 });
    return stored.map((each) => accountEvents.decode(each).event).filter((event) => event.type === type);
  }

  /** How often the recharge was credited and what was taken for it, once everything has come to rest. */
  async outcome(organisation: string): Promise<{ purchases: number; taken: [string, bigint][] }> {
    await eventually('the purchase', async () => (await this.events(organisation, 'CreditsPurchased')).length > 0);
    await settle();
    const purchases = (await this.events(organisation, 'CreditsPurchased')).length;
    return { purchases, taken: [...this.money.taken] };
  }

  async close(): Promise<void> {
    for (const close of this.#closers.toReversed()) await close();
    await this.pool.end();
  }
}

const followed = (commit: bigint): Followed => {
  const position = { commit, prepare: commit };
  return { done: position, seen: { stream: 'account-acme', revision: 3n, id: 'an-id', position } };
};

const ONCE = { purchases: 1, taken: [['acme/recharge-1', 1_000n]] };

async function inWorld(test: (world: World) => Promise<void>): Promise<void> {
  const world = await World.make();
  try {
    await test(world);
  } finally {
    await world.close();
  }
}

describe('the executor of payments', () => {
  it('pays a request that was open before it started', () =>
    inWorld(async (world) => {
      await world.request('acme');
      await world.executor();
      expect(await world.outcome('acme')).toEqual(ONCE);
    }));

  it.each([
    ['it is not reached', ['before', 'before']],
    ['its answer is lost', ['after', 'after']],
  ] as const)('takes the money once when %s', (_name, faults) =>
    inWorld(async (world) => {
      world.money.faults.push(...faults);
      await world.executor();
      await world.request('acme');
      expect(await world.outcome('acme')).toEqual(ONCE);
      expect(world.money.charges).toBe(3);
    }),
  );

  it('loses nothing and pays nothing twice when it ends between the payment and its record', () =>
    inWorld(async (world) => {
      // However often it asks before it ends.
      world.money.faults.push(...Array.from({ length: 100 }, () => 'after' as const));
      const first = await world.executor();
      await world.request('acme');
      await eventually('the payment', async () => world.money.taken.size === 1);
      await first.stop();
      world.money.faults.length = 0;
      expect(await world.events('acme', 'CreditsPurchased')).toEqual([]);
      await world.executor();
      expect(await world.outcome('acme')).toEqual(ONCE);
    }));

  it('pays nothing again when it has to follow everything again', () =>
    inWorld(async (world) => {
      const first = await world.executor();
      await world.request('acme');
      expect(await world.outcome('acme')).toEqual(ONCE);
      await first.stop();
      await world.pool.query('truncate creditfold_api.payment_positions, creditfold_api.paying_organisations');
      const { charges } = world.money;
      const second = await world.executor();
      const positions = 'select from creditfold_api.payment_positions';
      await eventually('everything followed', async () => (await world.pool.query(positions)).rowCount === 1);
      await second.stop();
      expect(await world.outcome('acme')).toEqual(ONCE);
      expect(world.money.charges).toBe(charges);
    }));

  it('F45: begins anew on streams that were restored to an earlier point, or copied to another store', () =>
    inWorld(async (world) => {
      await world.request('globex');
      const first = await world.executor();
      await world.outcome('globex');
      await first.stop();
      // Nothing of what was followed is there: the new request lies before where the old streams had ended.
      world.store = new MemoryEventStore(() => new Date(NOW_MS));
      await world.publishCatalog();
      await world.request('acme');
      await world.executor();
      expect((await world.outcome('acme')).purchases).toBe(1);
    }));

  it('is one at a time, and the next one begins where the last one ended', () =>
    inWorld(async (world) => {
      const journal = new PostgresPaymentJournal(world.pool);
      const right = await journal.acquire();
      expect(await right?.followed()).toBeUndefined();
      expect(await journal.acquire()).toBeUndefined();
      await right?.saveFollowed(followed(7n));
      await right?.addPaying(['acme', 'globex']);
      await right?.addPaying(['acme']);
      await right?.release();
      const next = await journal.acquire();
      expect(await next?.followed()).toEqual(followed(7n));
      expect(await next?.payingAmong(['acme', 'nobody'])).toEqual(['acme']);
      await expect(right?.saveFollowed(followed(9n))).rejects.toThrow('taken over');
      await next?.release();
    }));

  it('pays once when two of them work at the same time', () =>
    inWorld(async (world) => {
      await world.request('acme');
      await world.executor();
      // A second one that believes to be alone, as after a lease that ran out.
      const expire = `update creditfold_leases.leases set expires_at = '-infinity' where expires_at > now()`;
      await eventually('the first one at work', async () => (await world.pool.query(expire)).rowCount === 1);
      await world.executor();
      expect(await world.outcome('acme')).toEqual(ONCE);
    }));
});
