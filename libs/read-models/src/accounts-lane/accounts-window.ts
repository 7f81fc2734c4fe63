import type { PoolClient } from 'pg';
import { Statement } from '../sql-text.js';
import { accountValues, entryValues, figureValues } from './row-values.js';
import type { CrossingRow } from './crossing-rows.js';
import { openFigures, type FigureRow } from './figure-rows.js';
import { accountRow, type AccountRow, type HeldAccount } from './held-account.js';
import type { LedgerRow } from './ledger-rows.js';
import type { QuarantineRow, RequeueRow } from './quarantine-rows.js';

const UPSERT_ACCOUNTS = new Statement('upsert-accounts');
const INSERT_ENTRIES = new Statement('insert-ledger-entries');
const INSERT_CROSSINGS = new Statement('insert-threshold-crossings');
const UPSERT_FIGURES = new Statement('upsert-cycle-figures');
const INSERT_QUARANTINED = new Statement('insert-quarantined-records');
const MARK_REQUEUED = new Statement('mark-requeued-records');

/** What one transaction of the accounts lane writes. */
export class AccountsWindow {
  events = 0;
  readonly entries: LedgerRow[] = [];
  readonly crossings: CrossingRow[] = [];
  readonly quarantined: QuarantineRow[] = [];
  readonly requeues: RequeueRow[] = [];
  readonly #touched = new Set<HeldAccount>();
  readonly #figures = new Map<string, FigureRow>();
  #accounts: readonly AccountRow[] = [];

  touch(account: HeldAccount): void {
    this.#touched.add(account);
  }

  /** Accounts of this window are newer in memory than in the tables. */
  has(account: HeldAccount): boolean {
    return this.#touched.has(account);
  }

  addFigures(rows: readonly FigureRow[]): void {
    for (const row of rows)
      this.#figures.set(`${row.cycle_start_ms} ${row.pool.length} ${row.pool} ${row.organisation}`, row);
  }

  /** Makes the rows of the accounts as they are now: later windows go on changing them. */
  seal(): void {
    this.#accounts = Array.from(this.#touched, accountRow);
    for (const { wallet, organisation } of this.#touched) this.addFigures(openFigures({ ...wallet, organisation }));
  }

  async write(client: PoolClient, schema: string): Promise<void> {
    const put = async (statement: Statement, rows: readonly object[], values: () => unknown[]): Promise<void> => {
      if (rows.length > 0) await client.query(statement.in(schema), values());
    };
    await put(UPSERT_ACCOUNTS, this.#accounts, () => accountValues(this.#accounts));
    await put(INSERT_ENTRIES, this.entries, () => entryValues(this.entries));
    const figures = [...this.#figures.values()];
    await put(UPSERT_FIGURES, figures, () => figureValues(figures));
    await put(INSERT_CROSSINGS, this.crossings, asJson(this.crossings));
    await put(INSERT_QUARANTINED, this.quarantined, asJson(this.quarantined));
    await put(MARK_REQUEUED, this.requeues, asJson(this.requeues));
  }
}

const asJson = (rows: readonly object[]) => (): unknown[] => [JSON.stringify(rows)];
