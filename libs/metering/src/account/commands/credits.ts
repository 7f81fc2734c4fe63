import { addPeriod, civilOf, parsePeriod } from '../../time/index.js';
import { COMMAND_LIMITS, commandRecord, type CommandContext } from './account-commands.js';
import type { GrantTerms, LedgerEntry, Movement, Recurrence } from '../account-events.js';
import { grantKind } from '../grants/grant-kind.js';
import { commandTimeMs, currentCycleMs, type Command, type CommandOutcome } from './command-outcome.js';
import type { Drafting } from '../drafting.js';
import { DEFAULT_PRIORITY, defaultPriority } from '../evolve/drawing-order.js';
import { grantId } from '../grants/grant-id.js';
import { grantEntry } from '../grants/pay-overdraft.js';

/** Gives credits to a pool, now or from a later time on. */
export function grantCredits(
  drafting: Drafting,
  command: Command<'GrantCredits'>,
  context: CommandContext,
): CommandOutcome {
  const { wallet, catalog } = drafting;
  const atMs = commandTimeMs(drafting, context);
  if (!catalog.pools.includes(command.pool))
    return { code: 'UnknownPool', detail: `the catalog has no pool ${command.pool}` };
  if (countGrants(drafting) >= COMMAND_LIMITS.grantsMax)
    return { code: 'TooManyGrants', detail: 'the account holds too many grants' };
  const effectiveAtMs = Math.max(command.effectiveAtMs ?? atMs, atMs);
  const { expiresAtMs } = command;
  if (expiresAtMs !== null && expiresAtMs <= effectiveAtMs)
    return { code: 'InvalidTime', detail: 'the grant would expire before it takes effect' };
  const id = grantId(drafting.nextRevision, 0);
  const grant: GrantTerms = {
    id,
    pool: command.pool,
    source: command.source,
    amountNanos: command.amountNanos,
    priority: command.priority ?? defaultPriority(command.source, expiresAtMs),
    effectiveAtMs,
    expiresAtMs,
    isPaid: command.source === 'purchase',
    isPlan: false,
    rollover: command.rollover,
    recurrence: recurrenceOf(command.recurrence, effectiveAtMs),
    cyclesLeft: null,
    purchase: null,
  };
  const entries: LedgerEntry[] =
    effectiveAtMs > atMs
      ? [scheduled(grant, currentCycleMs(drafting))]
      : [
          grantEntry(wallet.pools.get(grant.pool), grant, {
            ...grantKind(grant),
            cycleStartMs: currentCycleMs(drafting),
          }),
        ];
  const answer = { id };
  drafting.push({ type: 'CreditsGranted', atMs, entries, grant, command: commandRecord(context, answer) });
  return { answer };
}

const scheduled = (grant: GrantTerms, cycleStartMs: number): LedgerEntry => ({
  ...grantKind(grant),
  pool: grant.pool,
  amountNanos: 0n,
  cycleStartMs,
  movements: [{ kind: 'schedule', grant }],
});

function recurrenceOf(asked: Command<'GrantCredits'>['recurrence'], effectiveAtMs: number): Recurrence | null {
  if (asked === null) return null;
  const period = parsePeriod(asked.every);
  if (period === undefined) throw new RangeError(`not a period: ${asked.every}`);
  const anchorMs = asked.anchorMs ?? effectiveAtMs;
  let nextAtMs = anchorMs;
  while (nextAtMs <= effectiveAtMs) nextAtMs = addPeriod(nextAtMs, period, civilOf(anchorMs).day);
  return { every: asked.every, nextAtMs, anchorMs };
}

const countGrants = ({ wallet }: Drafting): number => {
  let count = 0;
  for (const pool of wallet.pools.values()) count += pool.grants.length + pool.scheduled.length;
  return count;
};

/** Takes back what is left of a grant; one that is only scheduled never starts. */
export function voidGrant(drafting: Drafting, command: Command<'VoidGrant'>, context: CommandContext): CommandOutcome {
  const atMs = commandTimeMs(drafting, context);
  for (const pool of drafting.wallet.pools.values()) {
    const grant = pool.grants.find((g) => g.id === command.grant);
    const isScheduled = pool.scheduled.some((g) => g.id === command.grant);
    if (grant === undefined && !isScheduled) continue;
    const left = grant?.remainingNanos ?? 0n;
    const movements: Movement[] = left > 0n ? [{ kind: 'take', grant: command.grant, amountNanos: left }] : [];
    const entry: LedgerEntry = {
      type: 'void',
      pool: pool.key,
      amountNanos: -left,
      cycleStartMs: currentCycleMs(drafting),
      figure: 'adjusted',
      cause: 'void',
      movements,
    };
    const answer = { id: command.grant };
    drafting.push({
      type: 'GrantVoided',
      atMs,
      entries: [entry],
      grant: command.grant,
      command: commandRecord(context, answer),
    });
    return { answer };
  }
  return { code: 'UnknownGrant', detail: 'no such grant counts or is scheduled' };
}

/** A positive adjustment is a grant; a negative one draws like usage, and overdraws where grants do not suffice. */
export function adjustCredits(
  drafting: Drafting,
  command: Command<'AdjustCredits'>,
  context: CommandContext,
): CommandOutcome {
  const { wallet, catalog } = drafting;
  const atMs = commandTimeMs(drafting, context);
  if (!catalog.pools.includes(command.pool))
    return { code: 'UnknownPool', detail: `the catalog has no pool ${command.pool}` };
  const id = grantId(drafting.nextRevision, 0);
  const cycleStartMs = currentCycleMs(drafting);
  const as = { type: 'adjustment', figure: 'adjusted', cause: 'adjustment', cycleStartMs } as const;
  const entry: LedgerEntry =
    command.amountNanos > 0n
      ? grantEntry(wallet.pools.get(command.pool), adjustmentGrant(id, command, atMs), as)
      : {
          ...as,
          pool: command.pool,
          amountNanos: command.amountNanos,
          movements: drawMovements(drafting, { pool: command.pool, amountNanos: -command.amountNanos }),
        };
  const answer = { id: command.amountNanos > 0n ? id : `a-${drafting.nextRevision}` };
  drafting.push({ type: 'CreditsAdjusted', atMs, entries: [entry], command: commandRecord(context, answer) });
  return { answer };
}

const adjustmentGrant = (id: string, command: Command<'AdjustCredits'>, atMs: number): GrantTerms => ({
  id,
  pool: command.pool,
  source: 'adjustment',
  amountNanos: command.amountNanos,
  priority: DEFAULT_PRIORITY.lasting,
  effectiveAtMs: atMs,
  expiresAtMs: null,
  isPaid: false,
  isPlan: false,
  rollover: null,
  recurrence: null,
  cyclesLeft: null,
  purchase: null,
});

/** Draws that no rate leads to (settled holds, negative adjustments): grants in drawing order, then overdraft. */
export function drawMovements(drafting: Drafting, draw: { pool: string; amountNanos: bigint }): Movement[] {
  const movements: Movement[] = [];
  let left = draw.amountNanos;
  for (const grant of drafting.wallet.pools.get(draw.pool)?.grants ?? []) {
    if (left === 0n) break;
    const amountNanos = grant.remainingNanos < left ? grant.remainingNanos : left;
    if (amountNanos === 0n) continue;
    movements.push({ kind: 'draw', grant: grant.id, amountNanos });
    left -= amountNanos;
  }
  const debt = { cycleStartMs: currentCycleMs(drafting), rate: null };
  if (left > 0n) movements.push({ kind: 'overdraw', debt, amountNanos: left });
  return movements;
}
