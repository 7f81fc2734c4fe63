export type * from './account-events.js';
export {
  COMMAND_LIMITS,
  REJECTIONS,
  type AccountCommand,
  type CommandContext,
  type Quote,
  type RefundableDraw,
  type RefundableUsage,
  type Rejection,
  type RejectionCode,
} from './commands/account-commands.js';
export { feedKey, initialState } from './account-state.js';
export type * from './account-state.js';
export { advance } from './passing-time/advance.js';
export { cloneForDecision, cloneWallet } from './evolve/clone-for-decision.js';
export { decideClosing } from './passing-time/closing.js';
export { quoteOf } from './commands/purchases.js';
export { decideCommand, type CommandDecision } from './commands/decide-command.js';
export { decideUsage } from './usage/decide-usage.js';
export { Drafting } from './drafting.js';
export { nextClosingMs, nextDueMs } from './passing-time/due-instants.js';
export { compareGrants, DEFAULT_PRIORITY } from './evolve/drawing-order.js';
export { applyEvent } from './evolve/evolve.js';
export { applyToWallet } from './evolve/evolve-wallet.js';
export {
  drawsOfEvidence,
  entriesOf,
  entryId,
  parseEntryId,
  usageEntriesOf,
  usesOfEntry,
  type LineDraws,
} from './reading/ledger.js';
export { figuresOf, ImpossibleEvent, netOf, poolOf } from './evolve/pool.js';
export { quarantinedRecord } from './usage/quarantined-record.js';
export { budgetUsageOf, useOf } from './evolve/evolve-usage.js';
export { BANNER_PERCENTS, bannerRule, isBuiltInRule, negativeLimitRule } from './rules/built-in-rules.js';
export { ruleKey } from './rules/rule-key.js';
export { figureOf, isKnownReached } from './rules/thresholds.js';
export { ACCEPTED_AFTER_MS, ACCEPTED_BEFORE_MS } from './usage/usage-record.js';
export type {
  KnownIdentities,
  RawRecord,
  UsageContext,
  UsageCounts,
  UsageDecision,
  UsageRecord,
} from './usage/usage-record.js';
export {
  decideGate,
  openingOfCycle,
  poolStatuses,
  poolViews,
  statusOf,
  type BalanceStatus,
  type Gate,
  type GateQuestion,
  type GateReason,
  type GrantView,
  type PoolView,
} from './reading/views.js';
export { refundableEntryOf, refundableLine } from './reading/refundable.js';
export { measureUsage } from './usage/measure-usage.js';
export * from './columns/index.js';
