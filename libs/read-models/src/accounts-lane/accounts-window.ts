import type { PoolClient } from 'pg';
import { Statement } from '../sql-text.js';
import { accountValues, entryValues, figureValues } from './row-values.js';
import type { CrossingRow } from './crossing-rows.js';
import type { FigureRow } from './figure-rows.js';
import type { HeldAccount } from './held-account.js';
import type { LedgerRow } from './ledger-rows.js';
import type { QuarantineRow, RequeueRow } from './quarantine-rows.js';

const UPSERT_ACCOUNTS = new Statement('upsert-accounts');
const INSERT_ENTRIES = new Statement('insert-ledger-entries');
const INSERT_CROSSINGS = new Statement('insert-threshold-crossings');
const INSERT_FIGURES = new Statement('insert-cycle-figures');
const INSERT_QUARANTINED = new Statement('insert-quarantined-records');
const MARK_REQUEUED = new Statement('mark-requeued-records');

/** What one transaction of the accounts lane writes. */
export class AccountsWindow {
  events = 0;
  readonly entries: LedgerRow[] = [];
  /** Of the cycles that were closed. */
  readonly figures: FigureRow[] = [];
  readonly crossings: CrossingRow[] = [];
  readonly quarantined: QuarantineRow[] = [];
  readonly requeues: RequeueRow[] = [];
  readonly #touched = new Set<HeldAccount>();
  #accounts: readonly Buffer[] = [];

  touch(account: HeldAccount): void {
    this.#touched.add(account);
  }

  /** Accounts of this window are newer in memory than in the tables. */
  has(account: HeldAccount): boolean {
    return this.#touched.has(account);
  }

  /** Makes what is written of the accounts as they are now: later windows go on changing them. */
  seal(): void {
    this.#accounts = accountValues([...this.#touched]);
  }

  async write(client: PoolClient, schema: string): Promise<void> {
    const put = async (statement: Statement, rows: readonly object[], values: () => unknown[]): Promise<void> => {
      if (rows.length > 0) await client.query(statement.prepared(schema, values()));
    };
    if (this.#touched.size > 0) await client.query(UPSERT_ACCOUNTS.prepared(schema, [...this.#accounts]));
    await put(INSERT_ENTRIES, this.entries, () => entryValues(this.entries));
    await put(INSERT_FIGURES, this.figures, () => figureValues(this.figures));
    await put(INSERT_CROSSINGS, this.crossings, asJson(this.crossings));
    await put(INSERT_QUARANTINED, this.quarantined, asJson(this.quarantined));
    await put(MARK_REQUEUED, this.requeues, asJson(this.requeues));
  }
}

const asJson = (rows: readonly object[]) => (): unknown[] => [JSON.stringify(rows)];
