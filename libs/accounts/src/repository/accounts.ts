import type { AppendOutcome, EventStore, SnapshotStore } from '@app/event-store';
import { accountEvents } from '../codec/account-codec.js';
import { dayOf, daysToDecide, windowDays } from '../identities/day.js';
import type { IdentityHasher } from '../identities/identity-hasher.js';
import { ACCOUNTS_LIMITS, type AccountsLimits } from '../limits.js';
import { encodeSnapshot, withoutOwnership } from '../snapshots/fold-snapshot.js';
import { encodeChain } from '../streams/chain.js';
import { AccountCache } from './account-cache.js';
import { AccountLoader } from './account-loader.js';
import { AccountReader } from './account-reader.js';
import { CachedAccount } from './cached-account.js';
import { loadIdentityDays } from './identity-loading.js';
import type { AccountDecision, DecisionOutcome, LoadedAccount, SealedDecision } from './loaded-account.js';
import { SnapshotSaver, type OnWarning } from './snapshot-saver.js';

export interface AccountsOptions {
  readonly store: EventStore;
  readonly snapshots: SnapshotStore;
  readonly hasher: IdentityHasher;
  readonly onWarning: OnWarning;
  readonly limits?: Partial<AccountsLimits>;
}

/** Days whose identities a decision needs: times of its events, and all values that ledger time may take. */
export interface IdentitiesNeeded {
  readonly timesMs: Iterable<number>;
  readonly ledgerTimesMs: Iterable<number>;
}

/**
 * The accounts of one decider (an aggregator, or the API's commands): load, decide on a draft, append. What is cached is
 * checked by every append's expected revision, so a cache that is behind costs a retry and never a wrong decision.
 * Who only reads has another one: reading brings a cached account up to date in place, under a decision's feet.
 */
export class Accounts {
  readonly hasher: IdentityHasher;
  readonly #store: EventStore;
  readonly #limits: AccountsLimits;
  readonly #snapshotEvery: bigint;
  readonly #cache: AccountCache;
  readonly #loader: AccountLoader;
  readonly #saver: SnapshotSaver;
  readonly #loading = new Map<string, Promise<CachedAccount>>();
  readonly #next = new Map<string, Promise<LoadedAccount>>();

  constructor(options: AccountsOptions) {
    this.#limits = { ...ACCOUNTS_LIMITS, ...options.limits };
    this.#snapshotEvery = BigInt(this.#limits.snapshotEveryEvents);
    this.hasher = options.hasher;
    this.#store = options.store;
    this.#cache = new AccountCache(this.#limits);
    const reader = new AccountReader(options.store, options.snapshots, {
      pageEvents: this.#limits.readPageEvents,
      onWarning: options.onWarning,
    });
    this.#loader = new AccountLoader(reader, options.hasher);
    this.#saver = new SnapshotSaver(options.snapshots, this.#limits.snapshotsWaitingMax, options.onWarning);
  }

  /** Accounts in memory and their estimated bytes (I10). */
  get cached(): { readonly accounts: number; readonly bytes: number } {
    return { accounts: this.#cache.size, bytes: this.#cache.bytes };
  }

  /**
   * The account as last known here; one that does not exist has revision -1 and is not open.
   * @throws {AccountBroken | EventStoreUnavailable | NewerEventVersion}
   */
  load(organisation: string): Promise<LoadedAccount> {
    const cached = this.#cache.get(organisation);
    if (cached !== undefined && !cached.isStale) return Promise.resolve(cached);
    return this.#loadOnce(organisation, () => this.#loader.fold(cached ?? new CachedAccount(organisation)));
  }

  /** What `load` would answer without reading anything. */
  loaded(organisation: string): LoadedAccount | undefined {
    const cached = this.#cache.get(organisation);
    return cached?.isStale === false ? cached : undefined;
  }

  /** As `load`, with everything that the stream holds now: for refusals and answers, which no append confirms. */
  loadFresh(organisation: string): Promise<LoadedAccount> {
    const running = this.#loading.get(organisation);
    if (running !== undefined) return this.#loadNext(organisation, running);
    const cached = this.#cache.get(organisation);
    if (cached === undefined || cached.isStale) return this.load(organisation);
    // Whether the stream holds what is being appended is known when the append is over.
    if (cached.appending) return cached.appending.then(() => this.loadFresh(organisation));
    return this.#loadOnce(organisation, () => this.#loader.follow(cached));
  }

  /** Whether a decision on the account as it was loaded can be appended: nobody reads or appends it meanwhile. */
  isFree(account: LoadedAccount): boolean {
    return account instanceof CachedAccount && !account.isStale && account.appending === null;
  }

  /** True when `loadIdentities` has nothing to load. */
  hasIdentities({ identities }: LoadedAccount, { timesMs, ledgerTimesMs }: IdentitiesNeeded): boolean {
    for (const timeMs of timesMs) if (!identities.isLoaded(dayOf(timeMs))) return false;
    for (const ledgerTimeMs of ledgerTimesMs) if (!identities.isWindowLoaded(ledgerTimeMs)) return false;
    return true;
  }

  /** Loads the identities that a decision needs. Before the decision: afterwards nothing is missing. */
  async loadIdentities(account: LoadedAccount, needed: IdentitiesNeeded): Promise<void> {
    const { identities, state } = account;
    const window = windowDays(state.wallet.ledgerTimeMs);
    const keptMax = window.to - window.from + 1 + this.#limits.oldDaysMax;
    if (identities.loadedDayCount > keptMax) identities.keepOnly(window);
    const ranges = daysToDecide(needed.timesMs, needed.ledgerTimesMs);
    const source = { store: this.#store, hasher: this.hasher, pageEvents: this.#limits.readPageEvents };
    await loadIdentityDays(source, account, ranges);
    if (account instanceof CachedAccount) this.#cache.keep(account);
  }

  /**
   * Encodes a decision's events as the next ones of its account, before anything else is decided of it: from here on
   * only bytes are kept of them.
   * @throws {AppendTooLarge} the account has to be loaded again, and less of it decided
   */
  seal({ account, draft, events }: AccountDecision): SealedDecision {
    const free = this.#assertFree(account);
    try {
      return { account, draft, ...encodeChain(accountEvents, account.stream, account, events) };
    } catch (error) {
      free.abandonDecision();
      throw error;
    }
  }

  /**
   * Appends decisions of different accounts in one call of the store, each atomic by itself. An account whose append
   * conflicts is folded again by its next `load`.
   * @throws {EventStoreUnavailable} the outcome is unknown: load all of them and decide again
   */
  async append(decisions: readonly SealedDecision[]): Promise<readonly DecisionOutcome[]> {
    const accounts = decisions.map((decision) => this.#assertNext(decision));
    let settle = NOTHING;
    const appending = new Promise<void>((resolve) => (settle = resolve));
    for (const account of accounts) account.appending = appending;
    try {
      const appends = decisions.map(({ account, encoded }) => {
        return { stream: account.stream, expectedRevision: account.revision, events: encoded };
      });
      const outcomes = await this.#store.append(appends);
      return decisions.map((decision, index) => this.#settle(accounts[index], decision, outcomes[index]));
    } catch (error) {
      for (const account of accounts) account.abandonDecision();
      throw error;
    } finally {
      for (const account of accounts) account.appending = null;
      settle();
    }
  }

  /** A decision that is not to be appended: its draft shares parts with the account, which is folded again. */
  abandon(account: LoadedAccount): void {
    if (account instanceof CachedAccount) account.abandonDecision();
  }

  /** Forgets the account (parked, or not ours any more). */
  forget(organisation: string): void {
    this.#cache.drop(organisation);
  }

  /** Resolves when every snapshot that was due has been saved, or has failed to be: for a clean stop. */
  snapshotsSaved(): Promise<void> {
    return this.#saver.drained();
  }

  /** Before anything is marked: a programmer's error must not abandon decisions that are under way. */
  #assertFree(account: LoadedAccount): CachedAccount {
    if (!(account instanceof CachedAccount)) throw new TypeError('The account was not loaded here');
    if (account.appending) throw new Error(`Two decisions of ${account.stream} at once`);
    if (account.isStale) throw new Error(`${account.stream} has to be loaded before it is decided again`);
    return account;
  }

  /** A decision was sealed for one revision: it says nothing about another. */
  #assertNext({ account, encoded, position }: SealedDecision): CachedAccount {
    const free = this.#assertFree(account);
    const { revision } = free;
    if (revision + BigInt(encoded.length) !== position.revision)
      throw new Error(`A decision of ${account.stream} was sealed at another revision than ${revision}`);
    return free;
  }

  #settle(
    account: CachedAccount | undefined,
    decision: SealedDecision,
    outcome: AppendOutcome | undefined,
  ): DecisionOutcome {
    if (account === undefined || outcome === undefined) throw new Error('The store answers every append, in order');
    if (outcome.kind === 'conflict') {
      account.abandonDecision();
      return { kind: 'conflict', account };
    }
    account.moveTo(decision.draft, { ...decision.position, global: outcome.position });
    account.identities.commit();
    account.measure();
    this.#snapshotWhenDue(account);
    this.#cache.keep(account);
    return { kind: 'appended', account, revision: account.revision };
  }

  /** What is being read may lack what was appended before this was asked: read once more, for all who wait. */
  #loadNext(organisation: string, running: Promise<CachedAccount>): Promise<LoadedAccount> {
    const waiting = this.#next.get(organisation);
    if (waiting !== undefined) return waiting;
    const again = (): Promise<LoadedAccount> => {
      this.#next.delete(organisation);
      return this.loadFresh(organisation);
    };
    const next = running.then(again, again);
    this.#next.set(organisation, next);
    return next;
  }

  #loadOnce(organisation: string, read: () => Promise<CachedAccount>): Promise<CachedAccount> {
    const running = this.#loading.get(organisation);
    if (running !== undefined) return running;
    const loading = this.#loadInto(organisation, read).finally(() => this.#loading.delete(organisation));
    this.#loading.set(organisation, loading);
    return loading;
  }

  async #loadInto(organisation: string, read: () => Promise<CachedAccount>): Promise<CachedAccount> {
    try {
      const account = await read();
      this.#snapshotWhenDue(account);
      this.#cache.keep(account);
      return account;
    } catch (error) {
      this.#cache.drop(organisation);
      throw error;
    }
  }

  #snapshotWhenDue(account: CachedAccount): void {
    const behind = account.revision - account.snapshotRevision;
    if (behind < this.#snapshotEvery || !this.#saver.hasRoom) return;
    account.snapshotRevision = account.revision;
    // Encoded at once: the next decision's draft shares what only grows with this state.
    const { revision, hash, state } = account;
    const data = encodeSnapshot(account.stream, { revision, hash, state: withoutOwnership(state) });
    this.#saver.save({ stream: account.stream, revision: account.revision, data });
  }
}

const NOTHING = (): void => undefined;
