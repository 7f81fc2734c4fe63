import { entryId, formatCredits, formatQuantity, formatTime } from '@app/metering';
import type { LedgerLine } from '../accounts-lane/ledger-rows.js';
import { Statement } from '../sql-text.js';
import { fromStoredOrNull, toStored } from '../stored-text.js';
import type { LedgerItem, LedgerLineAnswer, PageRequest } from './answers.js';
import { checkLimit, pageOf, readCursor, wholeNumber } from './cursor.js';
import type { Snapshot } from './snapshot-reader.js';

/** Which entries of the ledger are wanted. `toMs` is exclusive; both are ledger times. */
export interface LedgerRequest extends PageRequest {
  readonly type?: string | undefined;
  readonly pool?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** Begin with this entry, instead of behind a cursor. */
  readonly through?: { readonly revision: bigint; readonly index: number } | undefined;
  /** Only entries with usage of it; their lines and amounts are restricted to it. */
  readonly project?: string | undefined;
}

interface EntryRow {
  readonly revision: bigint;
  readonly index: number;
  readonly type: string;
  readonly pool: string;
  readonly amount: string;
  readonly balance_after: string;
  readonly at_ms: bigint;
  readonly recorded_at: Date;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly cause: string;
  readonly cycle_start_ms: bigint;
  readonly project: string | null;
  readonly session: string | null;
  readonly grant_id: string | null;
  readonly lines: readonly LedgerLine[] | null;
}

const LIST = new Statement('list-ledger-entries');

/** Entries newest first, by stream order. @throws {UnknownCursor} */
export async function listEntries({ client, accounts }: Snapshot, organisation: string, request: LedgerRequest) {
  const { limit, type, pool, fromMs, toMs, project } = request;
  checkLimit(limit);
  const [revision, index] = startOf(request);
  const stored = project === undefined ? null : toStored(project);
  const { rows } = await client.query<EntryRow>(LIST.in(accounts.schema), [
    organisation,
    type ?? null,
    pool ?? null,
    fromMs ?? null,
    toMs ?? null,
    stored,
    revision ?? null,
    index ?? null,
    limit + 1,
  ]);
  const page = pageOf(rows, limit, (row) => [row.revision.toString(), row.index]);
  return { next: page.next, items: page.items.map((row) => itemOf(row, stored)) };
}

/** The place that all wanted entries lie before. */
function startOf({ after, through }: LedgerRequest): readonly string[] {
  if (through !== undefined) return [through.revision.toString(), String(through.index + 1)];
  return after === undefined ? [] : readCursor(after, 2).map(wholeNumber);
}

function itemOf(row: EntryRow, project: string | null): LedgerItem {
  const own = (row.lines ?? []).filter((line) => project === null || line.project === project);
  const credits = own.reduce((sum, line) => sum + BigInt(line.credits), 0n);
  return {
    id: entryId(row.revision, row.index),
    type: row.type,
    pool: row.pool,
    amount: formatCredits(project === null ? BigInt(row.amount) : -credits),
    balanceAfter: project === null ? formatCredits(BigInt(row.balance_after)) : null,
    at: formatTime(Number(row.at_ms)),
    recordedAt: formatTime(row.recorded_at.getTime()),
    actor: fromStoredOrNull(row.actor),
    reason: fromStoredOrNull(row.reason),
    cause: row.cause,
    cycle: { start: formatTime(Number(row.cycle_start_ms)) },
    grant: row.grant_id,
    resource: {
      project: fromStoredOrNull(project ?? row.project),
      session: fromStoredOrNull(row.session),
    },
    revision: row.revision.toString(),
    lines: linesOf(own),
  };
}

/** By meter, in the order in which the append had them. */
function linesOf(lines: readonly LedgerLine[]): LedgerLineAnswer[] {
  const byMeter = new Map<string, { events: number; quantityNanos: bigint; creditsNanos: bigint }>();
  for (const { meter, events, quantity, credits } of lines) {
    const sums = byMeter.get(meter) ?? { events: 0, quantityNanos: 0n, creditsNanos: 0n };
    byMeter.set(meter, sums);
    sums.events += events;
    sums.quantityNanos += BigInt(quantity);
    sums.creditsNanos += BigInt(credits);
  }
  return Array.from(byMeter, ([meter, { events, quantityNanos, creditsNanos }]) => ({
    meter,
    events,
    quantity: formatQuantity(quantityNanos),
    credits: formatCredits(creditsNanos),
  }));
}
