import type { UsageCharged } from '../account-events.js';
import { dimensionColumnsOf, dimensionRows, type DimensionTable } from './dimension-columns.js';
import { evidenceColumnsOf, evidenceRows, type EvidenceTable } from './evidence-columns.js';
import { groupColumnsOf, groupRows, type GroupTable } from './group-columns.js';

/** The three tables of a `UsageCharged` as columns. */
export interface UsageColumns {
  readonly dimensions: DimensionTable;
  readonly groups: GroupTable;
  readonly evidence: EvidenceTable;
}

/** What a `UsageCharged` has beside its tables. */
export type UsageHeader = Omit<UsageCharged, 'type' | keyof UsageColumns>;

/**
 * A `UsageCharged` of columns; its rows are made when they are first read: whoever stores it, or adds up what it says,
 * reads none. Getters are the class's and not each event's own, since engines give every object with getters of its own
 * a shape of its own; so spreading copies none of them.
 */
class ColumnarUsage implements UsageCharged {
  readonly type = 'UsageCharged';
  readonly #header: UsageHeader;
  readonly #columns: UsageColumns;
  readonly #rows: { -readonly [Table in keyof UsageColumns]?: UsageCharged[Table] } = {};

  constructor(header: UsageHeader, columns: UsageColumns) {
    this.#header = header;
    this.#columns = columns;
  }

  get columns() {
    return this.#columns;
  }

  get atMs() {
    return this.#header.atMs;
  }

  get feed() {
    return this.#header.feed;
  }

  get catalogVersion() {
    return this.#header.catalogVersion;
  }

  get uses() {
    return this.#header.uses;
  }

  get dimensions() {
    return (this.#rows.dimensions ??= dimensionRows(this.#columns.dimensions));
  }

  get groups() {
    return (this.#rows.groups ??= groupRows(this.#columns.groups));
  }

  get draws() {
    return this.#header.draws;
  }

  get samples() {
    return this.#header.samples;
  }

  get refundGrants() {
    return this.#header.refundGrants;
  }

  get payments() {
    return this.#header.payments;
  }

  get days() {
    return this.#header.days;
  }

  get evidence() {
    return (this.#rows.evidence ??= evidenceRows(this.#columns.evidence));
  }
}

/** A `UsageCharged` of columns. What of the header has getters is not read before it is asked for. */
export const usageOfColumns = (header: UsageHeader, columns: UsageColumns): UsageCharged =>
  new ColumnarUsage(header, columns);

/** The columns of an event: those it was made of, or made of each of its tables as it is asked for. */
export const usageColumnsOf = (event: UsageCharged): UsageColumns =>
  event instanceof ColumnarUsage ? event.columns : new ColumnsOfRows(event);

class ColumnsOfRows implements UsageColumns {
  constructor(private readonly event: UsageCharged) {}

  get dimensions(): DimensionTable {
    return dimensionColumnsOf(this.event.dimensions);
  }

  get groups(): GroupTable {
    return groupColumnsOf(this.event.groups);
  }

  get evidence(): EvidenceTable {
    return evidenceColumnsOf(this.event.evidence);
  }
}
