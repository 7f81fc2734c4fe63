/** An account whose time has come, as far as the read model knows: a hint, looked at again in the account's stream. */
export interface DueAccount {
  readonly organisation: string;
  /** Unix milliseconds. */
  readonly dueMs: number;
}

export interface DueQuestion {
  /** Accounts that are due at or before this instant. */
  readonly markMs: number;
  /** The catalog's: how long after its end a cycle closes. */
  readonly graceMs: number;
  /** Of one partition: keys are spread over so many. */
  readonly partitions: number;
  readonly partition: number;
  readonly limit: number;
  /** The last account of the page before, so that accounts that must wait hide no others. */
  readonly after?: DueAccount;
}

/** Asks the read model; ordered by due time, then organisation. */
export type DueAccounts = (question: DueQuestion) => Promise<readonly DueAccount[]>;
