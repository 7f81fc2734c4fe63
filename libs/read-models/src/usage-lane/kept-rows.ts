import { SumTable } from './sum-table.js';

/** Of a row: its account's number, and what tells it from the account's other rows. */
export interface RowKey {
  readonly account: number;
  readonly key: number;
}

/** Rows that windows add to, as they were written last: who adds to them again need not read them. */
export class KeptRows<Row> {
  /** What the rows' figures are. */
  readonly sums = new SumTable();
  readonly #accounts = new Map<number, Map<number, Row>>();
  #size = 0;

  constructor(private readonly rowsMax: number) {}

  get(account: number, key: number): Row | undefined {
    return this.#accounts.get(account)?.get(key);
  }

  set({ account, key }: RowKey, row: Row): void {
    let rows = this.#accounts.get(account);
    if (rows === undefined) this.#accounts.set(account, (rows = new Map()));
    if (!rows.has(key)) this.#size += 1;
    rows.set(key, row);
  }

  /** Called before a window is written: forgets all where they are too many, for what is in use is soon here again. */
  makeRoom(): void {
    if (this.#size > this.rowsMax) this.clear();
  }

  clear(): void {
    this.#accounts.clear();
    this.sums.clear();
    this.#size = 0;
  }
}
