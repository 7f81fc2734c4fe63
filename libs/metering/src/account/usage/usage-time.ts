import { cycleContaining } from '../../time/index.js';
import type { CycleBounds, RateUse } from '../account-events.js';
import type { Cycle, Wallet } from '../account-state.js';
import { ImpossibleEvent } from '../evolve/pool.js';
import { planAt } from '../rules/plan-terms.js';
import type { Refusal } from './measure-usage.js';
import {
  ACCEPTED_AFTER_MS,
  ACCEPTED_BEFORE_MS,
  type EventRecord,
  type UsageContext,
  type UsageRecord,
} from './usage-record.js';

/** Where usage counts. */
export interface Place {
  readonly usageTimeMs: number;
  /** The plan in force then. */
  readonly plan: string;
  readonly cycle: CycleBounds;
  readonly outcome: RateUse['outcome'];
}

/** The ledger time that an account has once this record is decided. */
export function ledgerTimeWith(wallet: Wallet, { recordTimestampMs }: UsageRecord): number {
  if (!wallet.isOpen) return recordTimestampMs;
  return wallet.clock === 'manual' ? wallet.ledgerTimeMs : Math.max(wallet.ledgerTimeMs, recordTimestampMs);
}

/** Where the usage counts, or why it cannot be taken. `ledgerMs` is ledger time with the record. */
export function placeOf(
  wallet: Wallet,
  record: EventRecord,
  ledgerMs: number,
  { catalog, nowMs }: UsageContext,
): Place | Refusal {
  const { timeMs } = record.content.event;
  const measuredFrom = wallet.isOpen && wallet.clock === 'manual' ? ledgerMs : record.recordTimestampMs;
  if (record.mode === 'live') {
    if (timeMs < measuredFrom - ACCEPTED_BEFORE_MS) return refuse('TooOld', 'the event is more than 35 days old');
    if (timeMs > measuredFrom + ACCEPTED_AFTER_MS) return refuse('InFuture', 'the event is more than 24 hours ahead');
  } else if (timeMs > nowMs) return refuse('InFuture', 'backfilled usage lies in the future');
  const usageTimeMs = Math.min(timeMs, ledgerMs);
  if (!wallet.isOpen) {
    const plan = catalog.defaultPlan;
    if (plan === undefined) return refuse('UnknownOrganisation', 'the organisation has no account');
    return { usageTimeMs, plan: plan.key, cycle: cycleContaining(usageTimeMs, 1), outcome: 'charged' };
  }
  if (usageTimeMs < wallet.openedAtMs) return refuse('BeforeOpening', 'the account was not open at that time');
  const cycle = cycleAt(wallet, usageTimeMs);
  const outcome = outcomeOf(cycle, usageTimeMs);
  if (outcome === 'adjusted' && record.mode === 'history' && !record.isAdjusting)
    return refuse('HistoryClosed', 'the cycle of this usage is closed');
  return { usageTimeMs, plan: planAt(wallet, usageTimeMs), cycle, outcome };
}

/** The place once time has advanced: its cycle may be one that had not begun, or had not ended. */
export function placeNow(wallet: Wallet, place: Place): Place {
  const { usageTimeMs } = place;
  const cycle = cycleAt(wallet, usageTimeMs);
  const outcome = outcomeOf(cycle, usageTimeMs);
  return cycle === place.cycle && outcome === place.outcome ? place : { ...place, cycle, outcome };
}

/** The cycle of an open account that usage of this time belongs to: the first one where it is older than all. */
function cycleAt({ cycles }: Wallet, usageTimeMs: number): Cycle {
  for (let i = cycles.length - 1; i > 0; i--) {
    const cycle = cycles[i];
    if (cycle !== undefined && cycle.startMs <= usageTimeMs) return cycle;
  }
  const [first] = cycles;
  if (first === undefined) throw new ImpossibleEvent('an open account has a cycle');
  return first;
}

/** Usage at or after the current cycle's end belongs to a cycle that begins when time advances. */
function outcomeOf(cycle: Cycle, usageTimeMs: number): RateUse['outcome'] {
  if (!cycle.isEnded || usageTimeMs >= cycle.endMs) return 'charged';
  return cycle.isClosed ? 'adjusted' : 'late';
}

const refuse = (reason: Refusal['reason'], detail: string): Refusal => ({ reason, detail });
