export { usageOfEntry, type EntryUsage } from './entry-usage.js';
export { explainEntry, explainEvent } from './explain.js';
export { viewEntry, viewEvent, viewUsage } from './explanation-view.js';
export type { EntryExplanation, EventExplanation } from './explanation.js';
export { foldAccountUntil } from './fold-until.js';
