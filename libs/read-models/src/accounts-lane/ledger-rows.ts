import type { StoredEvent } from '@app/event-store';
import { entriesOf, usesOfEntry, type AccountEvent, type LedgerEntry, type UsageCharged } from '@app/metering';
import { toStored, toStoredOrNull } from '../stored-text.js';

/** One row of `ledger_entries`; amounts as decimal text of whole nano-credits. */
export interface LedgerRow {
  readonly organisation: string;
  readonly revision: string;
  readonly index: number;
  readonly type: string;
  readonly pool: string;
  readonly amount: string;
  readonly balance_after: string;
  readonly at_ms: number;
  readonly recorded_at: string;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly cause: string;
  readonly cycle_start_ms: number;
  readonly project: string | null;
  readonly session: string | null;
  readonly grant_id: string | null;
  readonly lines: readonly LedgerLine[] | null;
}

/** What usage of one meter and project an entry pays. */
export interface LedgerLine {
  readonly meter: string;
  readonly project: string | null;
  readonly events: number;
  readonly quantity: string;
  readonly credits: string;
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
  const usage = event.type === 'UsageCharged' ? new UsageLines(event) : undefined;
  entriesOf(event).forEach((entry, index) => {
    const before = balances.get(entry.pool) ?? context.balanceOf(entry.pool);
    const after = before + entry.amountNanos;
    balances.set(entry.pool, after);
    const isUsage = usage !== undefined && entry.type === 'deduction';
    if (entry.amountNanos === 0n && !isUsage) return;
    rows.push({
      organisation: context.organisation,
      revision: context.stored.revision.toString(),
      index,
      type: entry.type,
      pool: entry.pool,
      amount: entry.amountNanos.toString(),
      balance_after: after.toString(),
      at_ms: event.atMs,
      recorded_at: context.stored.recordedAt.toISOString(),
      ...commandOf(event),
      cause: entry.cause,
      cycle_start_ms: entry.cycleStartMs,
      grant_id: onlyGrant(entry),
      ...(isUsage ? usage.of(index) : { project: null, session: null, lines: null }),
    });
  });
  return rows;
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

interface LineSums {
  readonly meter: string;
  readonly project: string | null;
  events: number;
  quantityNanos: bigint;
  creditsNanos: bigint;
}

/** The groups of one append, added up by entry, meter and project. */
class UsageLines {
  readonly #projects: readonly (string | null)[];
  readonly #sessions: readonly (string | null)[];

  constructor(private readonly event: UsageCharged) {
    const valueOf = (name: string): (string | null)[] =>
      event.dimensions.map((pairs) => pairs.find(([dimension]) => dimension === name)?.[1] ?? null);
    this.#projects = valueOf('project');
    this.#sessions = valueOf('session');
  }

  of(index: number): { project: string | null; session: string | null; lines: LedgerLine[] } {
    const uses = new Set(usesOfEntry(this.event, index));
    const byMeter = new Map<string, Map<string | null, LineSums>>();
    const projects = new Shared();
    const sessions = new Shared();
    for (const group of this.event.groups) {
      if (!uses.has(group.use)) continue;
      const meter = this.event.uses[group.use]?.meter ?? '';
      const project = this.#projects[group.dimensions] ?? null;
      projects.add(project);
      sessions.add(this.#sessions[group.dimensions] ?? null);
      const line = lineOf(byMeter, meter, project);
      line.events += group.events;
      line.quantityNanos += group.quantityNanos;
      line.creditsNanos += group.creditsNanos;
    }
    return {
      project: toStoredOrNull(projects.value),
      session: toStoredOrNull(sessions.value),
      lines: [...byMeter.values()].flatMap((lines) => Array.from(lines.values(), toLine)),
    };
  }
}

function lineOf(byMeter: Map<string, Map<string | null, LineSums>>, meter: string, project: string | null): LineSums {
  let byProject = byMeter.get(meter);
  if (byProject === undefined) byMeter.set(meter, (byProject = new Map<string | null, LineSums>()));
  let line = byProject.get(project);
  if (line === undefined) {
    line = { meter, project, events: 0, quantityNanos: 0n, creditsNanos: 0n };
    byProject.set(project, line);
  }
  return line;
}

const toLine = ({ meter, project, events, quantityNanos, creditsNanos }: LineSums): LedgerLine => ({
  meter,
  project: project === null ? null : toStored(project),
  events,
  quantity: quantityNanos.toString(),
  credits: creditsNanos.toString(),
});

/** A value as long as everything has it. */
class Shared {
  #value: string | null | undefined;

  add(value: string | null): void {
    if (this.#value === undefined) this.#value = value;
    else if (this.#value !== value) this.#value = null;
  }

  get value(): string | null {
    return this.#value ?? null;
  }
}
