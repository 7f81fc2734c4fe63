export type * from './account-events.js';
export {
  COMMAND_LIMITS,
  REJECTIONS,
  type AccountCommand,
  type CommandContext,
  type RefundableDraw,
  type RefundableUsage,
  type Rejection,
  type RejectionCode,
} from './account-commands.js';
export { feedKey, initialState } from './account-state.js';
export type * from './account-state.js';
export { advance } from './advance.js';
export { cloneForDecision, cloneWallet } from './clone-for-decision.js';
export { decideClosing } from './closing.js';
export { decideCommand, type CommandDecision } from './decide-command.js';
export { decideUsage } from './decide-usage.js';
export { Drafting } from './drafting.js';
export { nextClosingMs, nextDueMs } from './due-instants.js';
export { compareGrants, DEFAULT_PRIORITY } from './drawing-order.js';
export { applyEvent } from './evolve.js';
export { applyToWallet } from './evolve-wallet.js';
export { drawsOfEvidence, entriesOf, entryId, parseEntryId, usesOfEntry, type LineDraws } from './ledger.js';
export { figuresOf, ImpossibleEvent, netOf, poolOf } from './pool.js';
export { quarantinedRecord } from './quarantined-record.js';
export { figureOf } from './thresholds.js';
export { ACCEPTED_AFTER_MS, ACCEPTED_BEFORE_MS } from './usage-record.js';
export type {
  KnownIdentities,
  RawRecord,
  UsageContext,
  UsageCounts,
  UsageDecision,
  UsageRecord,
} from './usage-record.js';
export {
  decideGate,
  openingOfCycle,
  poolViews,
  statusOf,
  type BalanceStatus,
  type Gate,
  type GateQuestion,
  type GateReason,
  type GrantView,
  type PoolView,
} from './views.js';
export { measureUsage, type MeasuredUsage } from './measure-usage.js';
