import type { AccountEvent, ThresholdRule } from '../account-events.js';
import {
  byCommand,
  COMMAND_LIMITS,
  commandRecord,
  type AccountCommand,
  type CommandContext,
  type Rejection,
} from './account-commands.js';
import type { AccountState } from '../account-state.js';
import { advance } from '../passing-time/advance.js';
import { changePlan, moveClock, openAccount, pauseAccount, resetCycle, resumeAccount } from './account-terms.js';
import { adjustCredits, grantCredits, voidGrant } from './credits.js';
import { placeHold, releaseHold, settleHold } from './holds.js';
import { completeRecharge, declineRecharge, purchaseCredits, setAutoRecharge } from './purchases.js';
import { refundPurchase, refundUsage } from './refunds.js';
import { commandTimeMs, currentCycleMs, type CommandOutcome } from './command-outcome.js';
import { Drafting } from '../drafting.js';
import { isBuiltInRule } from '../rules/built-in-rules.js';
import { ruleKey } from '../rules/rule-key.js';

export type CommandDecision =
  | {
      readonly kind: 'accepted';
      readonly events: readonly AccountEvent[];
      readonly answer: Readonly<Record<string, string>>;
    }
  /** The same key and the same body came before: its first answer. */
  | { readonly kind: 'repeated'; readonly revision: bigint; readonly answer: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  /** Time has to advance further than one append may: append these events, then decide again. */
  | { readonly kind: 'advancing'; readonly events: readonly AccountEvent[] };

/** Decides one command: `decide(command, state) → events | rejection`. Mutates the draft it is given. */
export function decideCommand(draft: AccountState, command: AccountCommand, context: CommandContext): CommandDecision {
  const remembered = context.key === null ? undefined : draft.commands.get(`${context.route}\n${context.key}`);
  if (remembered !== undefined) {
    if (remembered.requestHash === context.requestHash)
      return { kind: 'repeated', revision: remembered.revision, answer: remembered.answer };
    const detail = 'this Idempotency-Key was used with another body';
    return { kind: 'refused', rejection: { code: 'IdempotencyKeyReused', detail } };
  }
  const drafting = new Drafting(draft, context.catalog, context.nextRevision);
  if (command.kind !== 'OpenAccount') {
    if (!draft.wallet.isOpen)
      return { kind: 'refused', rejection: { code: 'NotFound', detail: 'no such organisation' } };
    if (!bringToNow(drafting, context)) return { kind: 'advancing', events: drafting.events };
  }
  const outcome = decide(drafting, command, context);
  if ('code' in outcome) return { kind: 'refused', rejection: outcome };
  drafting.react(byCommand(context), draft.wallet.clock === 'history');
  return { kind: 'accepted', events: drafting.events, answer: outcome.answer };
}

/** A command starts the live clock of an account that only history has touched, and takes place at its own time. */
function bringToNow(drafting: Drafting, context: CommandContext): boolean {
  const { wallet } = drafting;
  if (wallet.clock === 'manual') return true;
  if (wallet.clock === 'history') drafting.push({ type: 'LiveClockStarted', atMs: wallet.ledgerTimeMs, entries: [] });
  return advance(drafting, Math.max(wallet.ledgerTimeMs, context.nowMs), false);
}

function decide(drafting: Drafting, command: AccountCommand, context: CommandContext): CommandOutcome {
  switch (command.kind) {
    case 'OpenAccount':
      return openAccount(drafting, command, context);
    case 'GrantCredits':
      return grantCredits(drafting, command, context);
    case 'VoidGrant':
      return voidGrant(drafting, command, context);
    case 'PurchaseCredits':
      return purchaseCredits(drafting, command, context);
    case 'RefundUsage':
      return refundUsage(drafting, command, context);
    case 'RefundPurchase':
      return refundPurchase(drafting, command, context);
    case 'AdjustCredits':
      return adjustCredits(drafting, command, context);
    case 'ChangePlan':
      return changePlan(drafting, command, context);
    case 'PauseAccount':
      return pauseAccount(drafting, context);
    case 'ResumeAccount':
      return resumeAccount(drafting, context);
    case 'ResetCycle':
      return resetCycle(drafting, command, context);
    case 'PlaceHold':
      return placeHold(drafting, command, context);
    case 'SettleHold':
      return settleHold(drafting, command, context);
    case 'ReleaseHold':
      return releaseHold(drafting, command, context);
    case 'SetAutoRecharge':
      return setAutoRecharge(drafting, command, context);
    case 'CompleteRecharge':
      return completeRecharge(drafting, command, context);
    case 'DeclineRecharge':
      return declineRecharge(drafting, command, context);
    case 'MoveClock':
      return moveClock(drafting, command, context);
    case 'SetNegativeLimit':
    case 'SetRule':
    case 'PutRecord':
      return applySetting(drafting, command, context);
  }
}

/** Settings that need no decision beyond the checks of their bodies. */
function applySetting(
  drafting: Drafting,
  command: Extract<AccountCommand, { kind: 'SetNegativeLimit' | 'SetRule' | 'PutRecord' }>,
  context: CommandContext,
): CommandOutcome {
  const atMs = commandTimeMs(drafting, context);
  const base = { atMs, entries: [], command: commandRecord(context) };
  if (command.kind === 'PutRecord') {
    drafting.push({
      type: 'AccountRecordPut',
      ...base,
      record: command.record,
      key: command.key,
      value: command.value,
    });
    return { answer: {} };
  }
  const pool = command.kind === 'SetRule' ? command.rule.pool : command.pool;
  if (!drafting.catalog.pools.includes(pool)) return { code: 'UnknownPool', detail: `the catalog has no pool ${pool}` };
  if (command.kind === 'SetRule') {
    const refusal = refusalOfRule(drafting, command.rule);
    if (refusal !== null) return refusal;
    // A cycle that has begun since the count was taken has seen no usage yet.
    const isCounted = command.countedCycleMs === undefined || command.countedCycleMs === currentCycleMs(drafting);
    const countedNanos = isCounted ? command.countedNanos : 0n;
    drafting.push({ type: 'ThresholdRuleSet', ...base, rule: command.rule, countedNanos });
    return { answer: {} };
  }
  drafting.push({ type: 'NegativeLimitSet', ...base, pool, limitNanos: command.limitNanos });
  return { answer: {} };
}

function refusalOfRule({ wallet }: Drafting, rule: ThresholdRule): Rejection | null {
  const isSet = wallet.rules.has(ruleKey(rule));
  if (rule.marks.length === 0)
    return isSet ? null : { code: 'NotFound', detail: `there is no ${rule.kind} of this name` };
  const own = [...wallet.rules.values()].filter((state) => !isBuiltInRule(state.rule)).length;
  if (isSet || own < COMMAND_LIMITS.rulesMax) return null;
  return { code: 'TooManyRules', detail: `an account has at most ${COMMAND_LIMITS.rulesMax} alerts and budgets` };
}
