import type { UsageCharged } from '../account-events.js';
import { dimensionColumnsOf, type DimensionColumns } from './dimension-columns.js';
import { evidenceColumnsOf, type EvidenceColumns } from './evidence-columns.js';
import { groupColumnsOf, type GroupColumns } from './group-columns.js';

/** The three tables of a `UsageCharged` as columns. */
export interface UsageColumns {
  readonly dimensions: DimensionColumns;
  readonly groups: GroupColumns;
  readonly evidence: EvidenceColumns;
}

/** Where an event keeps its columns. Not enumerable: a copy of it with other rows must not bring the old columns. */
const COLUMNS = Symbol('columns');

/** A `UsageCharged` of columns; its rows are made when they are first read: whoever stores it reads none. */
export function usageOfColumns(
  event: Omit<UsageCharged, 'type' | 'dimensions' | 'groups' | 'evidence'>,
  columns: UsageColumns,
): UsageCharged {
  const rows: { -readonly [Table in keyof UsageColumns]?: UsageCharged[Table] } = {};
  const usage: UsageCharged = {
    type: 'UsageCharged',
    ...event,
    get dimensions() {
      return (rows.dimensions ??= columns.dimensions.toPairs());
    },
    get groups() {
      return (rows.groups ??= columns.groups.toGroups());
    },
    get evidence() {
      return (rows.evidence ??= columns.evidence.toLines());
    },
  };
  return Object.defineProperty(usage, COLUMNS, { value: columns });
}

/** The columns of an event: those it was made of, or made of its rows. */
export function usageColumnsOf(event: UsageCharged & { readonly [COLUMNS]?: UsageColumns }): UsageColumns {
  return (
    event[COLUMNS] ?? {
      dimensions: dimensionColumnsOf(event.dimensions),
      groups: groupColumnsOf(event.groups),
      evidence: evidenceColumnsOf(event.evidence),
    }
  );
}
