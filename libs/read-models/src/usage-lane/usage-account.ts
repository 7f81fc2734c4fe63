import type { AccountEvent } from '@app/metering';

/** What the usage lane has to know of an account. */
export interface UsageAccount {
  readonly organisation: string;
  revision: bigint;
  ledgerTimeMs: number;
  /** The current cycle; null before the account has opened. */
  cycleStartMs: number | null;
  cycleEndMs: number | null;
  fault: string | null;
}

export interface UsageAccountRow {
  readonly organisation: string;
  readonly revision: bigint;
  readonly ledger_time_ms: bigint;
  readonly cycle_start_ms: bigint | null;
  readonly cycle_end_ms: bigint | null;
  readonly fault: string | null;
}

export const newUsageAccount = (organisation: string): UsageAccount => ({
  organisation,
  revision: -1n,
  ledgerTimeMs: Number.MIN_SAFE_INTEGER,
  cycleStartMs: null,
  cycleEndMs: null,
  fault: null,
});

export const loadedUsageAccount = (row: UsageAccountRow): UsageAccount => ({
  organisation: row.organisation,
  revision: row.revision,
  ledgerTimeMs: Number(row.ledger_time_ms),
  cycleStartMs: row.cycle_start_ms === null ? null : Number(row.cycle_start_ms),
  cycleEndMs: row.cycle_end_ms === null ? null : Number(row.cycle_end_ms),
  fault: row.fault,
});

/** Follows ledger time and the current cycle. */
export function followAccount(account: UsageAccount, event: AccountEvent): void {
  if (event.atMs > account.ledgerTimeMs) account.ledgerTimeMs = event.atMs;
  const cycle = event.type === 'AccountOpened' ? event.cycle : event.type === 'CycleEnded' ? event.next : undefined;
  if (cycle === undefined) return;
  account.cycleStartMs = cycle.startMs;
  account.cycleEndMs = cycle.endMs;
}
