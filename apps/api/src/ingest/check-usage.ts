import { measureUsage } from '@app/metering';
import type { Catalog, QuarantineReason, UsageEvent } from '@app/metering';
import { planAt } from './account-terms.js';
import type { AccountTerms } from './account-terms.js';

const DAY_MS = 86_400_000;
/** Live usage is accepted from 35 days before to 24 hours after its record. Rule: semantics, Time. */
const ACCEPTED_BEFORE_MS = 35 * DAY_MS;
const ACCEPTED_AFTER_MS = DAY_MS;

export interface Refusal {
  readonly reason: QuarantineReason;
  readonly detail: string;
  /** The faulty field of the event (RFC 6901). */
  readonly pointer?: string;
}

export interface UsageCheck {
  readonly catalog: Catalog;
  readonly mode: 'live' | 'history';
  readonly nowMs: number;
}

/**
 * Why the aggregator would quarantine this event, or null. By its own rules, save for what the fold alone knows:
 * identities (`Conflict`) and closed cycles (`HistoryClosed`, which yields to a duplicate).
 */
export function checkUsage(event: UsageEvent, terms: AccountTerms | null, check: UsageCheck): Refusal | null {
  const clockMs = terms?.manualClockMs ?? check.nowMs;
  const untimely = check.mode === 'live' ? checkLiveTime(event, clockMs) : checkHistoryTime(event, check.nowMs);
  if (untimely) return untimely;
  const usageTimeMs = check.mode === 'live' ? Math.min(event.timeMs, clockMs) : event.timeMs;
  if (terms && usageTimeMs < terms.openedAtMs) {
    return { reason: 'BeforeOpening', detail: 'the account was not open at that time', pointer: '/time' };
  }
  const plan = terms ? planAt(terms, usageTimeMs) : check.catalog.defaultPlan?.key;
  if (plan === undefined) {
    return { reason: 'UnknownOrganisation', detail: 'the organisation has no account', pointer: '/subject' };
  }
  const measured = measureUsage(check.catalog, event, { usageTimeMs, plan });
  return 'reason' in measured ? measured : null;
}

function checkLiveTime(event: UsageEvent, clockMs: number): Refusal | null {
  if (event.timeMs < clockMs - ACCEPTED_BEFORE_MS)
    return { reason: 'TooOld', detail: 'the event is more than 35 days old', pointer: '/time' };
  if (event.timeMs > clockMs + ACCEPTED_AFTER_MS)
    return { reason: 'InFuture', detail: 'the event is more than 24 hours ahead', pointer: '/time' };
  return null;
}

function checkHistoryTime(event: UsageEvent, nowMs: number): Refusal | null {
  if (event.timeMs <= nowMs) return null;
  return { reason: 'InFuture', detail: 'backfilled usage lies in the future', pointer: '/time' };
}
