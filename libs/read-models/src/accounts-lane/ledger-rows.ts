import type { StoredEvent } from '@app/event-store';
import { usageEntriesOf, type AccountEvent, type LedgerEntry, type UsageCharged } from '@app/metering';
import { toStored, toStoredOrNull } from '../stored-text.js';
import { encodeLedgerLines } from './ledger-lines-codec.js';
import { UsageLines } from './usage-lines.js';

/** One row of `ledger_entries`; amounts are whole nano-credits. */
export interface LedgerRow {
  readonly organisation: string;
  readonly revision: bigint;
  readonly index: number;
  readonly type: string;
  readonly pool: string;
  readonly amount: bigint;
  readonly balance_after: bigint;
  readonly at_ms: number;
  readonly recorded_at: Date;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly cause: string;
  readonly cycle_start_ms: number;
  readonly project: string | null;
  readonly session: string | null;
  readonly grant_id: string | null;
  /** Null for what is no usage. */
  readonly lines: Buffer | null;
  /** Whose usage is in the lines. */
  readonly projects: readonly string[] | null;
}

interface Context {
  readonly organisation: string;
  readonly stored: StoredEvent;
  /** Balance of a pool before the event. */
  readonly balanceOf: (pool: string) => bigint;
}

/** The ledger rows of an event: entries that move nothing are left out, unless they are deductions of free usage. */
export function ledgerRows(event: AccountEvent, context: Context): LedgerRow[] {
  const balances = new Map<string, bigint>();
  const rows: LedgerRow[] = [];
  const usage = event.type === 'UsageCharged' ? usageOf(event) : undefined;
  entriesIn(event).forEach(({ entry, uses }, index) => {
    const before = balances.get(entry.pool) ?? context.balanceOf(entry.pool);
    const after = before + entry.amountNanos;
    balances.set(entry.pool, after);
    const isUsage = usage !== undefined && entry.type === 'deduction';
    if (entry.amountNanos === 0n && !isUsage) return;
    rows.push({
      organisation: context.organisation,
      revision: context.stored.revision,
      index,
      type: entry.type,
      pool: entry.pool,
      amount: entry.amountNanos,
      balance_after: after,
      at_ms: event.atMs,
      recorded_at: context.stored.recordedAt,
      ...commandOf(event),
      cause: entry.cause,
      cycle_start_ms: entry.cycleStartMs,
      grant_id: onlyGrant(entry),
      ...(isUsage ? usage(uses) : NO_USAGE),
    });
  });
  return rows;
}

const NO_USAGE = { project: null, session: null, lines: null, projects: null };

/** The entries of an event, each with the rate uses that it pays. */
const entriesIn = (
  event: AccountEvent,
): readonly { readonly entry: LedgerEntry; readonly uses: readonly number[] }[] =>
  event.type === 'UsageCharged' ? usageEntriesOf(event) : event.entries.map((entry) => ({ entry, uses: [] }));

/** What the entries of an append tell of its usage. */
function usageOf(event: UsageCharged): (uses: readonly number[]) => Pick<LedgerRow, keyof typeof NO_USAGE> {
  const usage = new UsageLines(event);
  return (uses) => {
    const { project, session, lines } = usage.of(uses);
    return {
      project: toStoredOrNull(project),
      session: toStoredOrNull(session),
      lines: encodeLedgerLines(lines),
      projects: lines.projects.map(toStored),
    };
  };
}

function commandOf(event: AccountEvent): { actor: string | null; reason: string | null } {
  const command = event.type === 'UsageCharged' ? undefined : event.command;
  return { actor: toStoredOrNull(command?.actor ?? null), reason: toStoredOrNull(command?.reason ?? null) };
}

function onlyGrant(entry: LedgerEntry): string | null {
  let only: string | null = null;
  for (const movement of entry.movements) {
    const id = grantIn(movement);
    if (id === null) continue;
    if (only !== null && only !== id) return null;
    only = id;
  }
  return only;
}

function grantIn(movement: LedgerEntry['movements'][number]): string | null {
  if (!('grant' in movement)) return null;
  return typeof movement.grant === 'string' ? movement.grant : movement.grant.id;
}
