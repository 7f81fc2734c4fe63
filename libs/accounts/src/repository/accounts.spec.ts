import { describe, expect, it } from '@jest/globals';
import {
  MemoryEventStore,
  MemorySnapshotStore,
  NO_STREAM,
  type EventStore,
  type SnapshotStore,
} from '@app/event-store';
import { initialState } from '@app/metering';
import fc from 'fast-check';
import { AccountBroken } from '../errors.js';
import { IdentityHasher } from '../identities/identity-hasher.js';
import type { AccountsLimits } from '../limits.js';
import { writeTagged } from '../snapshots/tagged-json.js';
import { FaultyEventStore } from '../testing/faulty-event-store.js';
import { smallCatalog } from '../testing/small-catalog.js';
import { foldUsage, type SmallUsage, type UsageDecider } from '../testing/usage-decider.js';
import { Accounts } from './accounts.js';
import { findEvidence } from './find-evidence.js';
import type { LoadedAccount } from './loaded-account.js';

const DAY = 86_400_000;
const START = Date.parse('2026-03-10T12:00:00Z');
const catalog = smallCatalog();
const hasher = new IdentityHasher(new Uint8Array(32).fill(7));

interface World {
  readonly store: FaultyEventStore;
  readonly snapshots: SnapshotStore;
  readonly warnings: string[];
  accounts(limits?: Partial<AccountsLimits>): Accounts;
  decider(limits?: Partial<AccountsLimits>): UsageDecider;
}

function newWorld(
  inner: EventStore = new MemoryEventStore(),
  snapshots: SnapshotStore = new MemorySnapshotStore(),
): World {
  const store = new FaultyEventStore(inner);
  const warnings: string[] = [];
  const accounts = (limits: Partial<AccountsLimits> = {}): Accounts =>
    new Accounts({ store, snapshots, hasher, limits, onWarning: (message) => warnings.push(message) });
  const decider = (limits: Partial<AccountsLimits> = {}): UsageDecider => ({
    accounts: accounts(limits),
    catalog,
    organisation: 'acme',
    nowMs: START + 400 * DAY,
  });
  return { store, snapshots, warnings, accounts, decider };
}

const usageOf = (count: number, from = 0): SmallUsage[] =>
  Array.from({ length: count }, (_, nth) => ({
    offset: BigInt(from + nth),
    id: `e-${from + nth}`,
    timeMs: START + (from + nth) * 1000,
  }));
const stateText = (account: LoadedAccount): string => writeTagged({ ...account.state, owned: null });
const usedOf = (account: LoadedAccount): bigint =>
  [...(account.state.wallet.pools.get('credits')?.figures.values() ?? [])].reduce(
    (sum, each) => sum + each.usedNanos,
    0n,
  );

describe('Accounts', () => {
  it('has an account that does not exist at revision -1', async () => {
    const account = await newWorld().accounts().load('nobody');
    expect([account.revision, account.state.wallet.isOpen]).toEqual([-1n, false]);
  });

  it('charges once what is delivered again, by the same process and by the next', async () => {
    const world = newWorld();
    const decider = world.decider();
    expect((await foldUsage(decider, usageOf(10))).charged).toBe(10);
    const again = usageOf(10).map((each) => ({ ...each, offset: each.offset + 100n }));
    expect(await foldUsage(decider, again)).toMatchObject({ charged: 0, duplicates: 10 });
    const next = world.decider();
    expect(await foldUsage(next, again)).toMatchObject({ charged: 0, duplicates: 10 });
    expect(usedOf(await next.accounts.load('acme'))).toBe(10_000_000_000n);
  });

  it.each(['before-commit', 'after-commit'] as const)('F11: effect once when an append fails %s', async (fault) => {
    const world = newWorld();
    const decider = world.decider();
    await foldUsage(decider, usageOf(3));
    world.store.faults.push(fault);
    await foldUsage(decider, usageOf(5, 3));
    const account = await decider.accounts.load('acme');
    expect(usedOf(account)).toBe(8_000_000_000n);
    expect(account.identities.size).toBe(8);
    expect(stateText(await world.accounts().load('acme'))).toBe(stateText(account));
  });

  it('I7: a writer that is behind changes nothing, folds anew and keeps its identities', async () => {
    const world = newWorld();
    const [one, other] = [world.decider(), world.decider()];
    await foldUsage(one, usageOf(4));
    await foldUsage(other, usageOf(4, 4));
    await foldUsage(one, [...usageOf(2, 6), ...usageOf(2, 8)]);
    const account = await one.accounts.load('acme');
    expect(usedOf(account)).toBe(10_000_000_000n);
    expect(account.identities.size).toBe(10);
    const again = usageOf(10).map((each) => ({ ...each, offset: each.offset + 100n }));
    expect(await foldUsage(one, again)).toMatchObject({ charged: 0, duplicates: 10 });
  });

  it('does not take two decisions of one account at once, and the first one stands', async () => {
    const decider = newWorld().decider();
    const draft = initialState('any');
    const events = [{ type: 'AccountPaused', atMs: START, entries: [] }] as const;
    const both = ['appending', 'other'].map((organisation) =>
      decider.accounts.load(organisation).then((each) => decider.accounts.seal({ account: each, draft, events })),
    );
    const [one, other] = await Promise.all(both);
    if (one === undefined || other === undefined) throw new Error('both were loaded');
    const running = decider.accounts.append([one]);
    await expect(decider.accounts.append([other, one])).rejects.toThrow('Two decisions');
    expect(await running).toMatchObject([{ kind: 'appended', revision: 0n }]);
    expect(await decider.accounts.append([other])).toMatchObject([{ kind: 'appended' }]);
  });

  it('shows readers what is being appended when the append is over', async () => {
    const { accounts } = newWorld().decider();
    const account = await accounts.load('acme');
    const events = [{ type: 'AccountPaused', atMs: START, entries: [] }] as const;
    const running = accounts.append([accounts.seal({ account, draft: initialState('acme'), events })]);
    expect(accounts.isFree(account)).toBe(false);
    const readers = [accounts.loadFresh('acme'), accounts.loadFresh('acme')];
    await running;
    expect((await Promise.all(readers)).map(({ revision }) => revision)).toEqual([0n, 0n]);
    expect(accounts.isFree(account)).toBe(true);
  });

  it('is not handed decisions of an account that has to be loaded again', async () => {
    const { accounts } = newWorld().decider();
    const account = await accounts.load('acme');
    accounts.abandon(account);
    expect(() => accounts.seal({ account, draft: account.state, events: [] })).toThrow('has to be loaded');
  });

  it('is bounded by the number of accounts', async () => {
    const accounts = newWorld().accounts({ cachedAccountsMax: 3 });
    for (const organisation of ['a', 'b', 'c', 'd', 'e']) await accounts.load(organisation);
    expect(accounts.cached.accounts).toBe(3);
  });

  it('counts an account that has just been opened here as one that was loaded', async () => {
    const world = newWorld();
    const opener = world.decider();
    await foldUsage(opener, usageOf(1));
    const loader = world.decider();
    await foldUsage(loader, usageOf(1));
    expect(opener.accounts.cached).toEqual(loader.accounts.cached);
    expect(opener.accounts.cached.bytes).toBeGreaterThan(5_000);
  });

  it('loads the days of old usage from the revisions of their evidence alone', async () => {
    const world = newWorld();
    await foldUsage(world.decider({ snapshotEveryEvents: 1 }), usageOf(1));
    const decider = world.decider({ snapshotEveryEvents: 1 });
    for (let day = 1; day <= 60; day += 1)
      await foldUsage(decider, [{ offset: BigInt(day), id: `d-${day}`, timeMs: START + day * DAY }]);
    await decider.accounts.snapshotsSaved();
    const accounts = world.accounts();
    const account = await accounts.load('acme');
    world.store.readEventCount = 0;
    await accounts.loadIdentities(account, { timesMs: [START + DAY], ledgerTimesMs: [START + 60 * DAY] });
    expect([account.identities.size, world.store.readEventCount]).toEqual([1, 1]);
    expect(account.identities.isLoaded(Math.floor(START / DAY) + 2)).toBe(false);
  });

  it('finds the evidence of an event, with and without its time', async () => {
    const world = newWorld();
    const decider = world.decider();
    await foldUsage(decider, usageOf(5));
    await foldUsage(decider, usageOf(5, 5));
    const account = await decider.accounts.load('acme');
    const find = (id: string, timeMs?: number): ReturnType<typeof findEvidence> =>
      findEvidence(world.store, account, { source: 'test', id, ...(timeMs === undefined ? {} : { timeMs }) });
    for (const found of [await find('e-7'), await find('e-7', START + 7000)])
      expect(found?.event.evidence[found.lineIndex]).toMatchObject({ id: 'e-7', offset: 7n, timeMs: START + 7000 });
    expect(await find('e-7', START + 3 * DAY)).toBeUndefined();
    expect(await find('e-70')).toBeUndefined();
  });
});

describe('F40: a snapshot affects cost, never meaning', () => {
  const pages = fc.array(fc.array(fc.record({ id: fc.nat(20), day: fc.nat(50) }), { maxLength: 6 }), { maxLength: 12 });

  it('I6: the state is the same with snapshots after every event, after some, and without', async () => {
    await fc.assert(
      fc.asyncProperty(pages, fc.integer({ min: 1, max: 5 }), async (batches, snapshotEveryEvents) => {
        const plain = newWorld();
        const snapped = newWorld();
        let offset = 0n;
        const usage = batches.map((batch) =>
          batch.map(({ id, day }): SmallUsage => {
            offset += 1n;
            return { offset, id: `e-${id}`, timeMs: START + day * DAY, recordTimestampMs: START + day * DAY + 5 };
          }),
        );
        const steady = plain.decider({ snapshotEveryEvents: 1_000_000 });
        for (const batch of usage) await foldUsage(steady, batch);
        for (const batch of usage) {
          // A process of its own for every batch: whatever it knows comes from snapshot and stream.
          const decider = snapped.decider({ snapshotEveryEvents });
          await foldUsage(decider, batch);
          await decider.accounts.snapshotsSaved();
        }
        const expected = stateText(await steady.accounts.load('acme'));
        expect(stateText(await snapped.accounts().load('acme'))).toBe(expected);
        expect(stateText(await plain.accounts().load('acme'))).toBe(expected);
      }),
      { numRuns: 40 },
    );
  });

  it.each(['deleted', 'corrupted', 'of another history'] as const)(
    '%s: the same state, read from the stream',
    async (how) => {
      const world = newWorld();
      const decider = world.decider({ snapshotEveryEvents: 1 });
      await foldUsage(decider, usageOf(20));
      await decider.accounts.snapshotsSaved();
      const expected = stateText(await decider.accounts.load('acme'));
      const snapshot = await world.snapshots.load('account-acme');
      if (snapshot === undefined) throw new Error('no snapshot was saved');
      if (how === 'deleted') await world.snapshots.remove('account-acme');
      if (how === 'corrupted') await world.snapshots.save({ ...snapshot, data: snapshot.data.with(200, 0) });
      if (how === 'of another history') {
        const other = newWorld(undefined, world.snapshots).decider({ snapshotEveryEvents: 1 });
        await foldUsage(other, usageOf(40, 500));
        await other.accounts.snapshotsSaved();
      }
      expect(stateText(await world.accounts().load('acme'))).toBe(expected);
    },
  );

  it('F45: from the future of a store that was restored to an earlier point', async () => {
    const world = newWorld();
    const decider = world.decider({ snapshotEveryEvents: 1 });
    for (let nth = 0; nth < 5; nth += 1) await foldUsage(decider, usageOf(2, 2 * nth));
    await decider.accounts.snapshotsSaved();
    const restored = new MemoryEventStore();
    const kept = await world.store.readStream('account-acme', { maxCount: 3 });
    await restored.append([{ stream: 'account-acme', expectedRevision: NO_STREAM, events: kept }]);
    const later = newWorld(restored, world.snapshots).decider();
    await foldUsage(later, usageOf(10));
    expect(usedOf(await later.accounts.load('acme'))).toBe(10_000_000_000n);
    expect(usedOf(await newWorld(restored).accounts().load('acme'))).toBe(10_000_000_000n);
  });

  it('a snapshot store that fails is reported and holds nothing up', async () => {
    const failing: SnapshotStore = {
      load: () => Promise.reject(new Error('down')),
      save: () => Promise.reject(new Error('down')),
      remove: () => Promise.reject(new Error('down')),
    };
    const world = newWorld(undefined, failing);
    const decider = world.decider({ snapshotEveryEvents: 1 });
    expect((await foldUsage(decider, usageOf(3))).charged).toBe(3);
    await decider.accounts.snapshotsSaved();
    expect(world.warnings.join()).toContain('was not saved');
  });
});

describe('F21, I2: what is at hand of identities affects cost, never meaning', () => {
  const again = usageOf(10).map((each) => ({ ...each, offset: each.offset + 100n }));

  it('lost: duplicates are known from the stream, whatever was forgotten in between', async () => {
    const decider = newWorld().decider({ cachedAccountsMax: 1 });
    await foldUsage(decider, usageOf(10));
    await decider.accounts.load('another');
    expect(decider.accounts.cached.accounts).toBe(1);
    expect(await foldUsage(decider, again)).toMatchObject({ charged: 0, duplicates: 10 });
  });

  it('poisoned: an id that was decided and never stored is charged when it comes again', async () => {
    const world = newWorld();
    const decider = world.decider();
    await foldUsage(decider, usageOf(1));
    world.store.faults.push('before-commit', 'before-commit', 'before-commit');
    await foldUsage(decider, usageOf(9, 1));
    expect(usedOf(await world.accounts().load('acme'))).toBe(10_000_000_000n);
    expect(await foldUsage(decider, again)).toMatchObject({ charged: 0, duplicates: 10 });
  });

  it('poisoned: a snapshot that knows ids which the stream does not hold is not believed', async () => {
    const shared = new MemorySnapshotStore();
    const other = newWorld(undefined, shared).decider({ snapshotEveryEvents: 1 });
    await foldUsage(other, usageOf(10));
    await other.accounts.snapshotsSaved();
    const decider = newWorld(undefined, shared).decider();
    expect(await foldUsage(decider, again)).toMatchObject({ charged: 10, duplicates: 0 });
  });
});

describe('I5: a stream that does not verify', () => {
  it.each(['changed', 'left out', 'gone'] as const)('is refused: an event %s', async (how) => {
    const world = newWorld();
    const decider = world.decider();
    for (let nth = 0; nth < 4; nth += 1) await foldUsage(decider, usageOf(2, 2 * nth));
    const read = world.store.readStream.bind(world.store);
    world.store.readStream = async (stream, options) => {
      const events = await read(stream, options);
      if (how === 'gone') return [];
      if (how === 'left out') return events.filter(({ revision }) => revision !== 1n);
      return events.map((event) => (event.revision === 1n ? { ...event, data: event.data.with(40, 1) } : event));
    };
    const accounts = how === 'gone' ? decider.accounts : world.accounts();
    accounts.abandon(await accounts.load('acme').catch(() => decider.accounts.load('acme')));
    await expect(accounts.load('acme')).rejects.toThrow(AccountBroken);
  });
});
