export { AmountColumn, SMALL_MAX } from './amount-column.js';
export type { DimensionColumns } from './dimension-columns.js';
export type { EvidenceColumns } from './evidence-columns.js';
export type { GroupColumns } from './group-columns.js';
export { usageColumnsOf } from './usage-columns.js';
