import { feedEvents } from '@app/accounts';
import type { StoredEvent } from '@app/event-store';
import { applyToWallet } from '@app/metering';
import type { PoolClient } from 'pg';
import { HistoryDiffers } from '../errors.js';
import { READ_MODEL_LIMITS, type WindowLimits } from '../limits.js';
import { BoundedCache } from '../lanes/bounded-cache.js';
import type { ReadEvent } from '../lanes/event-source.js';
import { FrozenAccounts } from '../lanes/frozen-accounts.js';
import {
  ACCOUNT_STREAMS,
  FEED_STREAMS,
  organisationOf,
  type LaneTables,
  type Projection,
} from '../lanes/projection.js';
import { Statement } from '../sql-text.js';
import { AccountsWindow } from './accounts-window.js';
import { crossingRow } from './crossing-rows.js';
import { figureRows } from './figure-rows.js';
import { loadedAccount, newAccount, type HeldAccount, type WalletRow } from './held-account.js';
import { ledgerRows } from './ledger-rows.js';
import { feedRows, hostedRows, requeueRow } from './quarantine-rows.js';

const LOAD = new Statement('load-wallets');

/** Balances, ledger, figures, crossings and quarantine: one row or a few an append. */
export class AccountsLane implements Projection<AccountsWindow> {
  readonly lane = 'accounts';
  readonly streamPrefixes = [ACCOUNT_STREAMS, FEED_STREAMS];
  readonly #accounts = new BoundedCache<string, HeldAccount>(READ_MODEL_LIMITS.walletsCachedMax);
  readonly #frozen = new FrozenAccounts();
  readonly #eventsMax: number;
  #window = new AccountsWindow();

  constructor(limits: Partial<WindowLimits> = {}) {
    this.#eventsMax = limits.accountsWindowEventsMax ?? READ_MODEL_LIMITS.accountsWindowEventsMax;
  }

  get isFull(): boolean {
    return this.#window.events >= this.#eventsMax;
  }

  async fold(events: readonly ReadEvent[], tables: LaneTables): Promise<void> {
    await this.#load(events, tables);
    for (const read of events) {
      this.#window.events++;
      const organisation = organisationOf(read.stored.stream);
      if (organisation === undefined) this.#foldFeed(read.stored);
      else this.#foldAccount(organisation, read);
    }
  }

  takeWindow(): AccountsWindow {
    const window = this.#window;
    this.#window = new AccountsWindow();
    window.seal();
    this.#accounts.trim((account) => window.has(account));
    return window;
  }

  async write(window: AccountsWindow, client: PoolClient, schema: string): Promise<void> {
    await window.write(client, schema);
  }

  written(): void {
    // The cache holds what was written already.
  }

  forget(): void {
    this.#accounts.clear();
    this.#window = new AccountsWindow();
  }

  async #load(events: readonly ReadEvent[], { pool, schema }: LaneTables): Promise<void> {
    const missing = new Set<string>();
    for (const { stored } of events) {
      const organisation = organisationOf(stored.stream);
      if (organisation !== undefined && !this.#accounts.has(organisation)) missing.add(organisation);
    }
    if (missing.size === 0) return;
    const { rows } = await pool.query<WalletRow>(LOAD.in(schema), [[...missing]]);
    for (const row of rows) this.#accounts.set(row.organisation, loadedAccount(row));
  }

  #foldAccount(organisation: string, read: ReadEvent): void {
    const { stored } = read;
    const account = this.#accounts.get(organisation) ?? newAccount(organisation, stored.position.commit);
    if (account.fault !== null || stored.revision <= account.revision) return;
    if (stored.revision !== account.revision + 1n)
      throw new HistoryDiffers(`${stored.stream} goes on at ${stored.revision} after ${account.revision}`);
    this.#accounts.set(organisation, account);
    this.#window.touch(account);
    account.fault = this.#frozen.faultAt(organisation, stored.revision);
    if (account.fault !== null) return;
    this.#frozen.guard(organisation, stored.revision, () => this.#foldEvent(account, read));
    account.revision = stored.revision;
  }

  #foldEvent({ organisation, wallet }: HeldAccount, { stored, accountEvent: event }: ReadEvent): void {
    const window = this.#window;
    const balanceOf = (pool: string): bigint => wallet.pools.get(pool)?.balanceNanos ?? 0n;
    const entries = ledgerRows(event, { organisation, stored, balanceOf });
    if (event.type === 'CycleClosed') window.figures.push(...figureRows(organisation, wallet, event.cycle));
    applyToWallet(wallet, event);
    for (const entry of entries) window.entries.push(entry);
    const crossing = crossingRow(event, organisation, stored);
    if (crossing !== undefined) window.crossings.push(crossing);
    if (event.type === 'UsageQuarantined') window.quarantined.push(...hostedRows(event, organisation, stored));
  }

  #foldFeed(stored: StoredEvent): void {
    if (!stored.stream.startsWith(FEED_STREAMS)) return;
    const { event } = feedEvents.decode(stored);
    this.#window.quarantined.push(...feedRows(event, stored));
    const requeue = requeueRow(event);
    if (requeue !== undefined) this.#window.requeues.push(requeue);
  }
}
