import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { MemoryEventStore, MemorySnapshotStore } from '@app/event-store';
import type { AccountCommand } from '@app/metering';
import { TooBusy } from '../errors.js';
import { IdentityHasher } from '../identities/identity-hasher.js';
import type { CommandsLimits } from '../limits.js';
import { Accounts } from '../repository/accounts.js';
import { FaultyEventStore } from '../testing/faulty-event-store.js';
import { smallCatalog } from '../testing/small-catalog.js';
import { foldUsage } from '../testing/usage-decider.js';
import { AccountCommands, type CommandAnswer, type CommandRequest } from './account-commands.js';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const catalog = smallCatalog();
const hasher = new IdentityHasher(new Uint8Array(32).fill(7));

const requestOf = (route: string, command: AccountCommand, key: string | null = null, hash = ''): CommandRequest => ({
  command,
  route,
  key,
  requestHash: hash,
  actor: null,
  reason: null,
});
const OPEN = requestOf('open', {
  kind: 'OpenAccount',
  plan: 'pro',
  anchorDay: 1,
  openedAtMs: null,
  manualClockMs: null,
});
const grant = (amount: bigint, key: string | null = null, hash = String(amount)): CommandRequest => {
  const terms = { pool: 'credits', amountNanos: amount, source: 'promotion', priority: null } as const;
  const times = { effectiveAtMs: null, expiresAtMs: null, recurrence: null, rollover: null };
  return requestOf('grants', { kind: 'GrantCredits', ...terms, ...times }, key, hash);
};
const hold = (amountNanos: bigint): CommandRequest =>
  requestOf('holds', { kind: 'PlaceHold', id: null, pool: 'credits', amountNanos, expiresAtMs: NOW + 60_000 });

interface World {
  readonly store: FaultyEventStore;
  readonly accounts: Accounts;
  readonly commands: AccountCommands;
  balance(): Promise<bigint>;
}

function newWorld(limits: Partial<CommandsLimits> = {}, inner = new MemoryEventStore()): World {
  const store = new FaultyEventStore(inner);
  const newAccounts = (): Accounts =>
    new Accounts({ store, snapshots: new MemorySnapshotStore(), hasher, onWarning: () => undefined });
  const accounts = newAccounts();
  const commands = new AccountCommands({
    accounts,
    catalog: () => catalog,
    nowMs: () => NOW,
    limits: { gapMs: 0, retryBaseMs: 0, ...limits },
  });
  // Read by a process of its own: what counts is what the stream says.
  const balance = async (): Promise<bigint> => {
    const { state } = await newAccounts().load('acme');
    return state.wallet.pools.get('credits')?.balanceNanos ?? 0n;
  };
  return { store, accounts, commands, balance };
}
async function openWorld(limits: Partial<CommandsLimits> = {}): Promise<World> {
  const world = newWorld(limits);
  expect((await world.commands.execute('acme', OPEN)).kind).toBe('accepted');
  world.store.appendCount = 0;
  return world;
}
const kindsOf = (answers: readonly CommandAnswer[]): string[] => answers.map(({ kind }) => kind);
const CREDIT = 1_000_000_000n;
const INCLUDED = 1000n * CREDIT;

describe('AccountCommands', () => {
  it('executes a hundred concurrent commands once each, in few appends', async () => {
    const world = await openWorld();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, nth) => world.commands.execute('acme', grant(CREDIT, `k-${nth}`))),
    );
    expect(new Set(kindsOf(answers))).toEqual(new Set(['accepted']));
    expect(new Set(answers.map(({ revision }) => revision)).size).toBe(100);
    expect(await world.balance()).toBe(INCLUDED + 100n * CREDIT);
    expect(world.store.appendCount).toBeLessThanOrEqual(2);
  });

  it('F43: a hundred concurrent holds on credits for ten give exactly ten', async () => {
    const world = await openWorld();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => world.commands.execute('acme', hold(INCLUDED / 10n))),
    );
    const accepted = kindsOf(answers).filter((kind) => kind === 'accepted');
    expect(accepted).toHaveLength(10);
    expect((await world.accounts.load('acme')).state.wallet.pools.get('credits')?.heldNanos).toBe(INCLUDED);
  });

  it('a refused command does not disturb the others of its append', async () => {
    const world = await openWorld();
    const answers = await Promise.all([
      world.commands.execute('acme', grant(CREDIT)),
      world.commands.execute('acme', hold(INCLUDED * 2n)),
      world.commands.execute('acme', requestOf('grants', { kind: 'VoidGrant', grant: 'none' })),
      world.commands.execute('acme', grant(CREDIT)),
    ]);
    expect(kindsOf(answers)).toEqual(['accepted', 'refused', 'refused', 'accepted']);
    expect(await world.balance()).toBe(INCLUDED + 2n * CREDIT);
  });

  it('answers the same key with the same body by the first answer, also within one append', async () => {
    const world = await openWorld();
    const [first, second] = await Promise.all([
      world.commands.execute('acme', grant(CREDIT, 'k')),
      world.commands.execute('acme', grant(CREDIT, 'k')),
    ]);
    const third = await world.commands.execute('acme', grant(CREDIT, 'k'));
    expect(kindsOf([first, second, third])).toEqual(['accepted', 'repeated', 'repeated']);
    expect([second, third]).toEqual([second, { ...first, kind: 'repeated' }]);
    expect(await world.balance()).toBe(INCLUDED + CREDIT);
  });

  it('refuses the same key with another body', async () => {
    const world = await openWorld();
    await world.commands.execute('acme', grant(CREDIT, 'k'));
    const answer = await world.commands.execute('acme', grant(2n * CREDIT, 'k'));
    expect(answer).toMatchObject({ kind: 'refused', rejection: { code: 'IdempotencyKeyReused' } });
  });

  it.each([['k'], [null]])(
    'F11: an append that failed after its commit is recognised as its own (key %s)',
    async (key) => {
      const world = await openWorld();
      world.store.faults.push('after-commit', 'before-commit', 'after-commit');
      const answers = await Promise.all([
        world.commands.execute('acme', grant(CREDIT, key)),
        world.commands.execute('acme', grant(3n * CREDIT, key === null ? null : 'other')),
      ]);
      expect(kindsOf(answers).every((kind) => kind !== 'refused')).toBe(true);
      expect(await world.balance()).toBe(INCLUDED + 4n * CREDIT);
    },
  );

  it('decides again on what another writer has made of the account', async () => {
    const world = await openWorld();
    const aggregator = { accounts: newWorldAccounts(world), catalog, organisation: 'acme', nowMs: NOW };
    world.store.intruder = async () => {
      const usage = Array.from({ length: 999 }, (_, nth) => ({ offset: BigInt(nth), id: `e-${nth}`, timeMs: NOW }));
      await foldUsage(aggregator, usage);
    };
    const [tooMuch, enough] = await Promise.all([
      world.commands.execute('acme', hold(2n * CREDIT)),
      world.commands.execute('acme', hold(CREDIT)),
    ]);
    expect([tooMuch.kind, enough.kind]).toEqual(['refused', 'accepted']);
  });

  it('refuses from what the stream says now, not from what it remembers', async () => {
    const world = await openWorld();
    const elsewhere = new AccountCommands({
      accounts: newWorldAccounts(world),
      catalog: () => catalog,
      nowMs: () => NOW,
    });
    await elsewhere.execute('acme', grant(INCLUDED));
    expect((await world.commands.execute('acme', hold(2n * INCLUDED))).kind).toBe('accepted');
  });

  it('decides again when its account is being read at the moment of deciding', async () => {
    const world = await openWorld();
    const read = world.store.readStream.bind(world.store);
    world.store.readStream = async (stream, options) => {
      await nextTurn();
      return read(stream, options);
    };
    let reader: Promise<unknown> = Promise.resolve();
    let tries = 0;
    const request = grant(CREDIT);
    const command = async (): Promise<() => AccountCommand> => {
      tries += 1;
      await nextTurn();
      if (tries === 1) reader = world.accounts.loadFresh('acme');
      return () => request.command as AccountCommand;
    };
    const answer = await world.commands.execute('acme', { ...request, command });
    await reader;
    expect([answer.kind, tries]).toEqual(['accepted', 2]);
    expect(await world.balance()).toBe(INCLUDED + CREDIT);
  });

  it('gives up as too busy when every try meets another writer, and leaves nothing behind', async () => {
    const world = await openWorld({ attemptsMax: 3 });
    const elsewhere = new AccountCommands({
      accounts: newWorldAccounts(world),
      catalog: () => catalog,
      nowMs: () => NOW,
    });
    let isIntruding = false;
    const append = world.store.append.bind(world.store);
    world.store.append = async (appends) => {
      if (!isIntruding) {
        isIntruding = true;
        await elsewhere.execute('acme', grant(CREDIT));
        isIntruding = false;
      }
      return append(appends);
    };
    await expect(world.commands.execute('acme', grant(100n * CREDIT))).rejects.toThrow(TooBusy);
    expect(await world.balance()).toBe(INCLUDED + 3n * CREDIT);
  });

  it('refuses as too busy what would wait behind too many', async () => {
    const world = await openWorld({ commandsWaitingMax: 5 });
    const results = await Promise.allSettled(
      Array.from({ length: 9 }, () => world.commands.execute('acme', grant(CREDIT))),
    );
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(4);
    expect(await world.balance()).toBe(INCLUDED + 5n * CREDIT);
  });

  it('does not let one account’s commands wait for another’s', async () => {
    const world = await openWorld({ gapMs: 50 });
    await world.commands.execute('acme', grant(CREDIT));
    const startedAt = performance.now();
    await world.commands.execute('other', OPEN);
    expect(performance.now() - startedAt).toBeLessThan(50);
  });
});

const newWorldAccounts = (world: World): Accounts =>
  new Accounts({ store: world.store, snapshots: new MemorySnapshotStore(), hasher, onWarning: () => undefined });
