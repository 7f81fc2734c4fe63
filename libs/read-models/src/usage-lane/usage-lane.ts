import type { PoolClient } from 'pg';
import { HistoryDiffers } from '../errors.js';
import { BoundedCache } from '../lanes/bounded-cache.js';
import type { ReadEvent } from '../lanes/event-source.js';
import { FrozenAccounts } from '../lanes/frozen-accounts.js';
import { ACCOUNT_STREAMS, organisationOf, type LaneTables, type Projection } from '../lanes/projection.js';
import { READ_MODEL_LIMITS, type WindowLimits } from '../limits.js';
import { Statement } from '../sql-text.js';
import type { SealedUsage } from './sealed-usage.js';
import {
  followAccount,
  loadedUsageAccount,
  newUsageAccount,
  type UsageAccount,
  type UsageAccountRow,
} from './usage-account.js';
import { UsageWindow } from './usage-window.js';
import { KeptRows } from './kept-rows.js';
import { writeUsage, type UsageRowsKept } from './write-usage.js';

const LOAD = new Statement('load-usage-accounts');

/** Usage by day and dimension, by cycle, and as segments that answer any combination. */
export class UsageLane implements Projection<SealedUsage> {
  readonly lane = 'usage';
  readonly streamPrefixes = [ACCOUNT_STREAMS];
  readonly #accounts = new BoundedCache<string, UsageAccount>(READ_MODEL_LIMITS.usageAccountsCachedMax);
  readonly #frozen = new FrozenAccounts();
  readonly #eventsMax: number;
  readonly #groupsMax: number;
  readonly #sumsRowsMin: number;
  readonly #kept: UsageRowsKept;
  #window = new UsageWindow();
  #sequence = 0n;

  constructor(limits: Partial<WindowLimits> = {}) {
    this.#eventsMax = limits.usageWindowEventsMax ?? READ_MODEL_LIMITS.usageWindowEventsMax;
    this.#groupsMax = limits.usageWindowGroupsMax ?? READ_MODEL_LIMITS.usageWindowGroupsMax;
    const rowsMax = limits.usageRowsKeptMax ?? READ_MODEL_LIMITS.usageRowsKeptMax;
    this.#kept = { totals: new KeptRows(rowsMax), cycles: new KeptRows(rowsMax) };
    this.#sumsRowsMin = limits.sumsRowsMin ?? READ_MODEL_LIMITS.sumsRowsMin;
  }

  get isFull(): boolean {
    return this.#window.usageEvents >= this.#eventsMax || this.#window.groups >= this.#groupsMax;
  }

  async fold(events: readonly ReadEvent[], tables: LaneTables): Promise<void> {
    await this.#load(events, tables);
    for (const read of events) {
      const organisation = organisationOf(read.stored.stream);
      if (organisation !== undefined) this.#foldAccount(organisation, read);
      this.#sequence = read.stored.position.commit;
    }
  }

  takeWindow(): SealedUsage {
    const window = this.#window;
    this.#window = new UsageWindow();
    const accounts = Array.from(window.accounts.values(), ({ account }) => ({ ...account }));
    this.#accounts.trim(({ organisation }) => window.accounts.has(organisation));
    return { window, accounts, sequence: this.#sequence, sumsRowsMin: this.#sumsRowsMin };
  }

  async write(sealed: SealedUsage, client: PoolClient, schema: string): Promise<void> {
    await writeUsage(client, schema, sealed, this.#kept);
  }

  written(): void {
    // The cache of accounts holds what was written already.
  }

  forget(): void {
    this.#accounts.clear();
    this.#kept.totals.clear();
    this.#kept.cycles.clear();
    this.#window = new UsageWindow();
  }

  async #load(events: readonly ReadEvent[], { pool, schema }: LaneTables): Promise<void> {
    const missing = new Set<string>();
    for (const { stored } of events) {
      const organisation = organisationOf(stored.stream);
      if (organisation !== undefined && !this.#accounts.has(organisation)) missing.add(organisation);
    }
    if (missing.size === 0) return;
    const { rows } = await pool.query<UsageAccountRow>(LOAD.in(schema), [[...missing]]);
    for (const row of rows) this.#accounts.set(row.organisation, loadedUsageAccount(row));
  }

  #foldAccount(organisation: string, read: ReadEvent): void {
    const { stored } = read;
    const account = this.#accounts.get(organisation) ?? newUsageAccount(organisation);
    if (account.fault !== null || stored.revision <= account.revision) return;
    if (stored.revision !== account.revision + 1n)
      throw new HistoryDiffers(`${stored.stream} goes on at ${stored.revision} after ${account.revision}`);
    this.#accounts.set(organisation, account);
    this.#window.of(account);
    account.fault = this.#frozen.faultAt(organisation, stored.revision);
    if (account.fault !== null) return;
    this.#frozen.guard(organisation, stored.revision, () => {
      const event = read.accountEvent;
      if (event.type === 'UsageCharged') this.#window.add(account, event);
      followAccount(account, event);
    });
    account.revision = stored.revision;
  }
}
