import { civilOf, cycleContaining, nextAnchor } from '../../time/index.js';
import { COMMAND_LIMITS, commandRecord, type CommandContext } from './account-commands.js';
import type { GrantTerms, LedgerEntry } from '../account-events.js';
import { advance } from '../passing-time/advance.js';
import { endCycle, grantIds, planGrants } from '../passing-time/cycle-end.js';
import { commandTimeMs, currentCycleMs, type Command, type CommandOutcome } from './command-outcome.js';
import type { Drafting } from '../drafting.js';
import { openingOf } from '../passing-time/opening.js';
import { grantEntry } from '../grants/pay-overdraft.js';
import { negativeLimitsOf } from '../rules/plan-terms.js';

/** Opens an account, or answers as before when it is open on the very same terms. */
export function openAccount(
  drafting: Drafting,
  command: Command<'OpenAccount'>,
  context: CommandContext,
): CommandOutcome {
  const { wallet, catalog } = drafting;
  const plan = catalog.plan(command.plan);
  if (plan === undefined) return { code: 'UnknownPlan', detail: `the catalog has no plan ${command.plan}` };
  if (wallet.isOpen) return { code: 'AccountExists', detail: 'the organisation has an account' };
  const nowMs = command.manualClockMs ?? context.nowMs;
  const openedAtMs = command.openedAtMs ?? defaultOpening(command, nowMs);
  if (openedAtMs > nowMs) return { code: 'InvalidTime', detail: 'openedAt lies in the future' };
  const isHistory = command.manualClockMs === null && command.openedAtMs !== null;
  const answer = { id: wallet.organisation };
  drafting.push(
    openingOf(plan, {
      organisation: wallet.organisation,
      catalogVersion: catalog.version,
      revision: drafting.nextRevision,
      anchorDay: command.anchorDay,
      openedAtMs,
      cycle: { startMs: openedAtMs, endMs: nextAnchor(openedAtMs, command.anchorDay) },
      clock: command.manualClockMs !== null ? 'manual' : isHistory ? 'history' : 'live',
      atMs: openedAtMs,
      command: commandRecord(context, answer),
    }),
  );
  if (!isHistory && !advance(drafting, nowMs, false))
    return { code: 'InvalidTime', detail: 'openedAt lies too far before the clock' };
  return { answer };
}

const defaultOpening = (command: Command<'OpenAccount'>, nowMs: number): number =>
  command.manualClockMs ?? cycleContaining(nowMs, command.anchorDay).startMs;

/** A change of plan; now grants max(0, the new plan's included − plan credits already granted in this cycle). */
export function changePlan(
  drafting: Drafting,
  command: Command<'ChangePlan'>,
  context: CommandContext,
): CommandOutcome {
  const { wallet, catalog } = drafting;
  const atMs = commandTimeMs(drafting, context);
  const plan = catalog.plan(command.plan);
  if (plan === undefined) return { code: 'UnknownPlan', detail: `the catalog has no plan ${command.plan}` };
  const isNow = command.at === 'now';
  const cycle = wallet.cycles.at(-1);
  const entries: LedgerEntry[] = [];
  if (isNow && cycle !== undefined)
    for (const grant of planGrants(plan, { startMs: atMs, endMs: cycle.endMs }, grantIds(drafting.nextRevision))) {
      const missing = grant.amountNanos - planCreditsGranted(drafting, grant.pool);
      if (missing <= 0n) continue;
      const added: GrantTerms = { ...grant, amountNanos: missing };
      const as = { type: 'grant', figure: 'granted', cause: 'plan', cycleStartMs: cycle.startMs } as const;
      entries.push(grantEntry(wallet.pools.get(grant.pool), added, as));
    }
  drafting.push({
    type: 'PlanChanged',
    atMs,
    entries,
    plan: plan.key,
    effective: command.at,
    catalogVersion: catalog.version,
    negativeLimits: isNow ? negativeLimitsOf(plan) : [],
    command: commandRecord(context),
  });
  return { answer: {} };
}

/** Plan credits granted to a pool in the current cycle, whatever is left of them. */
const planCreditsGranted = ({ wallet }: Drafting, pool: string): bigint =>
  (wallet.pools.get(pool)?.grants ?? [])
    .filter((grant) => grant.isPlan)
    .reduce((total, grant) => total + grant.amountNanos, 0n);

export function pauseAccount(drafting: Drafting, context: CommandContext): CommandOutcome {
  drafting.push({
    type: 'AccountPaused',
    atMs: commandTimeMs(drafting, context),
    entries: [],
    command: commandRecord(context),
  });
  return { answer: {} };
}

export function resumeAccount(drafting: Drafting, context: CommandContext): CommandOutcome {
  drafting.push({
    type: 'AccountResumed',
    atMs: commandTimeMs(drafting, context),
    entries: [],
    command: commandRecord(context),
  });
  return { answer: {} };
}

/** The cycle ends now, as if its end had come; the next one runs to the next anchor. */
export function resetCycle(
  drafting: Drafting,
  command: Command<'ResetCycle'>,
  context: CommandContext,
): CommandOutcome {
  const atMs = commandTimeMs(drafting, context);
  if (atMs <= currentCycleMs(drafting)) return { code: 'InvalidTime', detail: 'the cycle has just begun' };
  endCycle(drafting, {
    atMs,
    reset: {
      command: commandRecord(context),
      negative: command.negative,
      anchorDay: command.anchor === 'now' ? civilOf(atMs).day : drafting.wallet.anchorDay,
    },
  });
  return { answer: {} };
}

/** Moves a sandbox's clock: what is due on the way happens, and what may close is closed. */
export function moveClock(drafting: Drafting, command: Command<'MoveClock'>, context: CommandContext): CommandOutcome {
  const { wallet } = drafting;
  if (wallet.clock !== 'manual') return { code: 'ClockNotManual', detail: 'only a sandbox has a clock of its own' };
  if (command.toMs < wallet.ledgerTimeMs) return { code: 'ClockGoesBack', detail: 'a clock never goes back' };
  if (command.toMs - wallet.ledgerTimeMs > COMMAND_LIMITS.clockStepMaxMs)
    return { code: 'ClockStepTooLong', detail: 'a clock moves by at most 400 days at once' };
  drafting.push({ type: 'ClockMoved', atMs: wallet.ledgerTimeMs, entries: [], command: commandRecord(context) });
  while (!advance(drafting, command.toMs, false));
  drafting.push({ type: 'ClockMoved', atMs: command.toMs, entries: [] });
  return { answer: {} };
}
