import { entryId, formatCredits, formatQuantity, formatTime } from '@app/metering';
import { decodeLedgerLines, type LedgerLines } from '../accounts-lane/ledger-lines-codec.js';
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
  readonly lines: Buffer | null;
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
  return { next: page.next, items: page.items.map((row) => itemOf(row, project ?? null)) };
}

/** The place that all wanted entries lie before. */
function startOf({ after, through }: LedgerRequest): readonly string[] {
  if (through !== undefined) return [through.revision.toString(), String(through.index + 1)];
  return after === undefined ? [] : readCursor(after, 2).map(wholeNumber);
}

function itemOf(row: EntryRow, project: string | null): LedgerItem {
  const lines = row.lines === null ? [] : linesOf(decodeLedgerLines(row.lines), project);
  const credits = lines.reduce((sum, { creditsNanos }) => sum + creditsNanos, 0n);
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
      project: project ?? fromStoredOrNull(row.project),
      session: fromStoredOrNull(row.session),
    },
    revision: row.revision.toString(),
    lines: lines.map(lineAnswer),
  };
}

interface MeterLine {
  readonly meter: string;
  events: number;
  quantityNanos: bigint;
  creditsNanos: bigint;
}

/** Of all projects or of one, by meter, in the order in which the append had them. */
function linesOf(lines: LedgerLines, project: string | null): readonly MeterLine[] {
  const wanted = project === null ? null : lines.projects.indexOf(project) + 1;
  const byMeter = new Map<number, MeterLine>();
  for (let row = 0; row < lines.rows; row++) {
    if (wanted !== null && lines.project.at(row) !== wanted) continue;
    const number = lines.meter.at(row);
    const meter = lines.meters[number] ?? '';
    const line = byMeter.get(number) ?? { meter, events: 0, quantityNanos: 0n, creditsNanos: 0n };
    byMeter.set(number, line);
    line.events += lines.events.at(row);
    line.quantityNanos += lines.quantity.at(row);
    line.creditsNanos += lines.credits.at(row);
  }
  return [...byMeter.values()];
}

const lineAnswer = ({ meter, events, quantityNanos, creditsNanos }: MeterLine): LedgerLineAnswer => ({
  meter,
  events,
  quantity: formatQuantity(quantityNanos),
  credits: formatCredits(creditsNanos),
});
