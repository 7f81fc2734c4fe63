import { COMMAND_LIMITS, commandRecord, type CommandContext } from './account-commands.js';
import type { LedgerEntry } from '../account-events.js';
import { commandTimeMs, currentCycleMs, type Command, type CommandOutcome } from './command-outcome.js';
import type { Drafting } from '../drafting.js';
import { planOf } from '../rules/plan-terms.js';
import { decideGate } from '../reading/views.js';
import { drawMovements } from './credits.js';

/** A hold is a start with its amount as the estimate. */
export function placeHold(drafting: Drafting, command: Command<'PlaceHold'>, context: CommandContext): CommandOutcome {
  const { wallet, catalog } = drafting;
  const atMs = commandTimeMs(drafting, context);
  const { pool, amountNanos, expiresAtMs } = command;
  if (!catalog.pools.includes(pool)) return { code: 'UnknownPool', detail: `the catalog has no pool ${pool}` };
  if (expiresAtMs <= atMs) return { code: 'InvalidTime', detail: 'the hold would have expired already' };
  if (wallet.holds.size >= COMMAND_LIMITS.holdsMax) return { code: 'TooManyHolds', detail: 'too many holds are open' };
  const id = command.id ?? `h-${drafting.nextRevision}`;
  if (wallet.holds.has(id) || wallet.endedHolds.has(id)) return { code: 'HoldExists', detail: 'a hold has this id' };
  const startThresholdNanos = planOf(catalog, wallet.plan).startThresholds.get(pool) ?? 0n;
  const gate = decideGate(wallet, { pool, estimateNanos: amountNanos, isRunning: false, startThresholdNanos });
  if (gate.reason === 'Paused') return { code: 'AccountPaused', detail: gate.message };
  if (gate.reason === 'BelowStartThreshold') return { code: 'BelowStartThreshold', detail: gate.message };
  if (!gate.isAllowed) return { code: 'InsufficientCredits', detail: gate.message };
  const answer = { id };
  drafting.push({
    type: 'HoldPlaced',
    atMs,
    entries: [],
    hold: id,
    pool,
    amountNanos,
    expiresAtMs,
    command: commandRecord(context, answer),
  });
  return { answer };
}

/** Charges the actual cost, also above the held amount, and also, once, after the hold has expired. */
export function settleHold(
  drafting: Drafting,
  command: Command<'SettleHold'>,
  context: CommandContext,
): CommandOutcome {
  const { wallet } = drafting;
  const open = wallet.holds.get(command.hold);
  const ended = wallet.endedHolds.get(command.hold);
  const pool = open?.pool ?? (ended?.how === 'expired' ? ended.pool : undefined);
  if (pool === undefined)
    return ended === undefined
      ? { code: 'UnknownHold', detail: 'no such hold' }
      : { code: 'HoldEnded', detail: `the hold was ${ended.how}` };
  const entry: LedgerEntry = {
    type: 'deduction',
    pool,
    amountNanos: -command.amountNanos,
    cycleStartMs: currentCycleMs(drafting),
    figure: 'used',
    cause: 'hold',
    movements: drawMovements(drafting, { pool, amountNanos: command.amountNanos }),
  };
  const answer = { id: command.hold };
  drafting.push({
    type: 'HoldEnded',
    atMs: commandTimeMs(drafting, context),
    entries: [entry],
    hold: command.hold,
    how: 'settled',
    settledNanos: command.amountNanos,
    command: commandRecord(context, answer),
  });
  return { answer };
}

/** Gives the reserved credits free again without a charge. */
export function releaseHold(
  drafting: Drafting,
  command: Command<'ReleaseHold'>,
  context: CommandContext,
): CommandOutcome {
  const { wallet } = drafting;
  if (!wallet.holds.has(command.hold)) {
    const ended = wallet.endedHolds.get(command.hold);
    return ended === undefined
      ? { code: 'UnknownHold', detail: 'no such hold' }
      : { code: 'HoldEnded', detail: `the hold was ${ended.how}` };
  }
  const answer = { id: command.hold };
  drafting.push({
    type: 'HoldEnded',
    atMs: commandTimeMs(drafting, context),
    entries: [],
    hold: command.hold,
    how: 'released',
    settledNanos: null,
    command: commandRecord(context, answer),
  });
  return { answer };
}
