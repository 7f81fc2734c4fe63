export { explainEntry, explainEvent } from './explain.js';
export type { EventQuery, ExplainParts } from './explain.js';
export { viewEntry, viewEvent, viewUsage } from './explanation-view.js';
export type {
  BalanceChange,
  EntryExplanation,
  EventExplanation,
  LineExplanation,
  QuarantineExplanation,
  RecordPlace,
  UsageExplanation,
} from './explanation.js';
export { foldAccountUntil } from './fold-until.js';
export type { FoldedUntil, FoldUntilOptions } from './fold-until.js';
