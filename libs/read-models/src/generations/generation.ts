import type { GlobalPosition, StoredEvent } from '@app/event-store';

export const LANES = ['accounts', 'usage'] as const;
export type LaneName = (typeof LANES)[number];

/** Counted up when a lane's rows mean something else: the next start builds a new generation and switches to it. */
export const PROJECTION_VERSIONS: Readonly<Record<LaneName, number>> = { accounts: 5, usage: 4 };

/** The last event that a generation holds. */
export interface Anchor {
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
  readonly commit: bigint;
}

/** How far a generation is: the position to read on after, and the event that stands for what was read. */
export interface Checkpoint {
  readonly position: GlobalPosition;
  readonly anchor: Anchor | null;
}

export interface Generation {
  readonly lane: LaneName;
  readonly generation: number;
  readonly schema: string;
  readonly projectionVersion: number;
  readonly state: 'building' | 'live' | 'retired';
  readonly checkpoint: Checkpoint;
}

/** A row of `TABLE`. */
export interface GenerationRow {
  readonly lane: LaneName;
  readonly generation: number;
  readonly projection_version: number;
  readonly state: Generation['state'];
  readonly position_commit: bigint;
  readonly position_prepare: bigint;
  readonly event_stream: string | null;
  readonly event_revision: bigint | null;
  readonly event_id: string | null;
  readonly event_commit: bigint | null;
}

/** Where a generation's tables are. */
export const schemaOf = (lane: LaneName, generation: number): string => `creditfold_${lane}_${generation}`;

export const anchorOf = (event: StoredEvent): Anchor => ({
  stream: event.stream,
  revision: event.revision,
  id: event.id,
  commit: event.position.commit,
});

/** What `generationOf` reads of `TABLE`. */
export const COLUMNS = `lane, generation, projection_version, state, position_commit, position_prepare,
  event_stream, event_revision, event_id, event_commit`;
export const TABLE = 'creditfold_reads.generations';

export function generationOf(row: GenerationRow): Generation {
  const { event_stream: stream, event_revision: revision, event_id: id, event_commit: commit } = row;
  const isAnchored = stream !== null && revision !== null && id !== null && commit !== null;
  return {
    lane: row.lane,
    generation: row.generation,
    schema: schemaOf(row.lane, row.generation),
    projectionVersion: row.projection_version,
    state: row.state,
    checkpoint: {
      position: { commit: row.position_commit, prepare: row.position_prepare },
      anchor: isAnchored ? { stream, revision, id, commit } : null,
    },
  };
}

/** The live generations as one snapshot of the database sees them, for `SnapshotReader`. */
export const LIVE_GENERATIONS = `select ${COLUMNS} from ${TABLE} where state = 'live'`;
export const toGenerations = (rows: readonly unknown[]): readonly Generation[] =>
  rows.map((row) => generationOf(row as GenerationRow));
