export { AmountColumn, isSmall, SMALL_MAX } from './amount-column.js';
export { Dictionary } from './dictionary.js';
export type { DimensionTable } from './dimension-columns.js';
export type { EvidenceTable, LineExtras, UseAmounts } from './evidence-columns.js';
export type { GroupsOfUse, GroupTable } from './group-columns.js';
export { usageColumnsOf, usageOfColumns, type UsageColumns, type UsageHeader } from './usage-columns.js';
