import type { AccountEvent, DrawRun, LedgerEntry, Movement, RateUse, UsageCharged } from '../account-events.js';
import { useOf } from '../evolve/evolve-usage.js';

/** Id of the index-th entry of the event with this revision. */
export const entryId = (revision: bigint, index: number): string => `${revision}-${index}`;

/** The revision and index behind an entry id; undefined for anything else. */
export function parseEntryId(id: string): { revision: bigint; index: number } | undefined {
  const match = /^(\d{1,18})-(\d{1,6})$/.exec(id);
  return match === null ? undefined : { revision: BigInt(match[1] ?? ''), index: Number(match[2]) };
}

/**
 * The ledger entries of an event, in order. Those of usage follow from its draws: first the expiry that it took back,
 * then one deduction per pool, cycle and outcome. Entries of amount zero are there for their movements only; no ledger
 * shows them, unless they are deductions of free usage.
 */
export const entriesOf = (event: AccountEvent): readonly LedgerEntry[] =>
  event.type === 'UsageCharged' ? usageEntriesOf(event).map(({ entry }) => entry) : event.entries;

/** The rate uses behind the entry with this index: those of its pool, cycle and outcome. */
export const usesOfEntry = (event: UsageCharged, index: number): readonly number[] =>
  usageEntriesOf(event)[index]?.uses ?? [];

/** An entry of usage, and the rate uses behind it. */
export interface UsageEntry {
  readonly entry: LedgerEntry;
  readonly uses: readonly number[];
}

/** The entries of a usage event, as `entriesOf` has them. */
export function usageEntriesOf(event: UsageCharged): readonly UsageEntry[] {
  const parts: number[][] = [];
  event.uses.forEach((use, index) => {
    const part = parts.find(([first = 0]) => isOfOneEntry(useOf(event, first), use));
    if (part === undefined) parts.push([index]);
    else part.push(index);
  });
  const restored: UsageEntry[] = [];
  const deducted: UsageEntry[] = [];
  for (const uses of parts) {
    const runs = event.draws.filter((run) => uses.includes(run.use));
    const expired = runs.filter((run) => run.from === 'expired');
    if (expired.length > 0) restored.push({ entry: restoredEntry(event, expired), uses });
    deducted.push({ entry: deduction(event, uses, runs), uses });
  }
  return [...restored, ...deducted];
}

const isOfOneEntry = (one: RateUse, other: RateUse): boolean =>
  one.pool === other.pool && one.cycle.startMs === other.cycle.startMs && one.outcome === other.outcome;

function restoredEntry(event: UsageCharged, runs: readonly DrawRun[]): LedgerEntry {
  const use = useOf(event, runs[0]?.use ?? 0);
  return {
    type: 'expiry',
    pool: use.pool,
    amountNanos: sum(runs),
    cycleStartMs: use.cycle.startMs,
    figure: 'expired',
    cause: 'late-usage',
    movements: runs.map((run) => ({ kind: 'restore', grant: run.grant ?? '', amountNanos: run.amountNanos })),
  };
}

function deduction(event: UsageCharged, uses: readonly number[], runs: readonly DrawRun[]): LedgerEntry {
  const use = useOf(event, uses[0] ?? 0);
  return {
    type: 'deduction',
    pool: use.pool,
    amountNanos: -sum(runs),
    cycleStartMs: use.cycle.startMs,
    figure: 'used',
    cause: use.outcome,
    movements: runs.flatMap((run) => movementOf(event, useOf(event, run.use), run)),
  };
}

const sum = (runs: readonly DrawRun[]): bigint => runs.reduce((total, run) => total + run.amountNanos, 0n);

function movementOf(event: UsageCharged, use: RateUse, run: DrawRun): Movement[] {
  const debt = { cycleStartMs: use.cycle.startMs, rate: use.rate };
  const { amountNanos } = run;
  switch (run.from) {
    case 'overdraft':
      return [
        amountNanos < 0n ? { kind: 'unowe', debt, amountNanos: -amountNanos } : { kind: 'overdraw', debt, amountNanos },
      ];
    case 'expired':
      return [{ kind: 'draw', grant: run.grant ?? '', amountNanos }];
    case 'refund':
      return event.refundGrants.filter((grant) => grant.id === run.grant).map((grant) => ({ kind: 'grant', grant }));
    case 'grant':
      if (amountNanos >= 0n) return [{ kind: 'draw', grant: run.grant ?? '', amountNanos }];
      return [
        {
          kind: 'return',
          grant: run.grant ?? '',
          amountNanos: -amountNanos,
          ...(run.isRepaid === true ? { debt } : {}),
        },
      ];
  }
}

/** What one meter line of a usage event was drawn from. */
export interface LineDraws {
  readonly use: number;
  readonly draws: readonly DrawRun[];
}

/** The draws of every evidence line, by its index: runs of a rate use lie in the order of its lines. */
export function drawsOfEvidence(event: UsageCharged): Map<number, LineDraws[]> {
  const queues = event.uses.map((_, use) => event.draws.filter((run) => run.use === use).map((run) => ({ ...run })));
  const found = new Map<number, LineDraws[]>();
  event.evidence.forEach((line, index) => {
    found.set(
      index,
      line.lines.map(({ use, creditsNanos }) => ({ use, draws: takeRuns(queues[use] ?? [], creditsNanos) })),
    );
  });
  return found;
}

function takeRuns(queue: DrawRun[], creditsNanos: bigint): DrawRun[] {
  const taken: DrawRun[] = [];
  let left = creditsNanos;
  while (left !== 0n) {
    const [run] = queue;
    if (run === undefined) return taken;
    const part = magnitude(run.amountNanos) < magnitude(left) ? run.amountNanos : left;
    taken.push({ ...run, amountNanos: part });
    run.amountNanos -= part;
    left -= part;
    if (run.amountNanos === 0n) queue.shift();
  }
  return taken;
}

const magnitude = (n: bigint): bigint => (n < 0n ? -n : n);
