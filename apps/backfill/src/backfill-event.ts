/** One usage event of the file, ready to be sent. */
export interface BackfillEvent {
  readonly timeMs: number;
  /** Its line in the file, counted from 1. */
  readonly line: number;
  /** The CloudEvent as JSON, on one line. */
  readonly json: string;
}

/** By time, and as in the file at equal times. */
export const compareEvents = (one: BackfillEvent, other: BackfillEvent): number =>
  one.timeMs - other.timeMs || one.line - other.line;

/** What rows are read with. */
export interface RowTerms {
  readonly source: string;
  /** Type of events that do not say their own; undefined where nobody gave one. */
  readonly type: string | undefined;
  /** Columns that are dimensions; what else a row has are values. */
  readonly dimensions: ReadonlySet<string>;
  /** Values that some meter adds up, so that they have to be quantities. */
  readonly quantities: ReadonlySet<string>;
  /** Told of every row's organisation. */
  readonly onOrganisation: (organisation: string) => void;
}
