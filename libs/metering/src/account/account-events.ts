import type {
  AccountOpened,
  AccountPaused,
  AccountRecordPut,
  AccountResumed,
  ClockMoved,
  CycleClosed,
  CycleEnded,
  GrantsExpired,
  GrantsRefilled,
  GrantsStarted,
  LiveClockStarted,
  NegativeLimitSet,
  PlanChanged,
} from './events/account-lifecycle.js';
import type {
  CreditsAdjusted,
  CreditsGranted,
  CreditsPurchased,
  CreditsRefunded,
  GrantVoided,
  HoldEnded,
  HoldPlaced,
} from './events/credit-events.js';
import type {
  AutoRechargeSet,
  RechargeDeclined,
  RechargeRequested,
  ThresholdReached,
  ThresholdRuleSet,
} from './events/rule-events.js';
import type { UsageCharged } from './events/usage-charged.js';
import type { UsageQuarantined } from './events/usage-quarantined.js';

export type * from './events/event-base.js';
export type * from './events/ledger-entry.js';
export type * from './events/usage-charged.js';
export type * from './events/usage-quarantined.js';
export type * from './events/account-lifecycle.js';
export type * from './events/credit-events.js';
export type * from './events/rule-events.js';

/**
 * What an account's stream consists of. Amounts are nano-credits (`…Nanos`), times Unix milliseconds (`…Ms`) in UTC.
 * An event records every choice that a rule made, so that no recompute depends on today's catalog.
 */

export type AccountEvent =
  | AccountOpened
  | LiveClockStarted
  | UsageCharged
  | UsageQuarantined
  | GrantsStarted
  | GrantsExpired
  | GrantsRefilled
  | CycleEnded
  | CycleClosed
  | CreditsGranted
  | CreditsPurchased
  | CreditsRefunded
  | CreditsAdjusted
  | GrantVoided
  | PlanChanged
  | AccountPaused
  | AccountResumed
  | NegativeLimitSet
  | HoldPlaced
  | HoldEnded
  | ThresholdRuleSet
  | ThresholdReached
  | AutoRechargeSet
  | RechargeRequested
  | RechargeDeclined
  | AccountRecordPut
  | ClockMoved;

export type AccountEventType = AccountEvent['type'];
