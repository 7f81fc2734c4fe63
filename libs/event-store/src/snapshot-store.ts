/**
 * Snapshots of what was folded from a stream: a cache beside the event store. Losing one, or all, costs time and never
 * changes a result, so nothing here is conditional: the last one saved stands.
 */
export interface StreamSnapshot {
  readonly stream: string;
  /** The last revision folded into it. */
  readonly revision: bigint;
  /** At most `SNAPSHOT_LIMITS.bytesMax` bytes; whoever wrote them checks them. */
  readonly data: Uint8Array;
}

export interface SnapshotStore {
  /** The last snapshot saved for the stream; undefined when there is none. */
  load(stream: string): Promise<StreamSnapshot | undefined>;
  /** Replaces the stream's snapshot. @throws {RangeError} for one above the limit */
  save(snapshot: StreamSnapshot): Promise<void>;
  /** Removes the stream's snapshot, if there is one. */
  remove(stream: string): Promise<void>;
}

export const SNAPSHOT_LIMITS = {
  /** A larger state is read from its stream. */
  bytesMax: 64 * 1024 * 1024,
} as const;

/** @throws {RangeError} for a snapshot above the limit */
export function assertSnapshotSize(snapshot: StreamSnapshot): void {
  if (snapshot.data.length <= SNAPSHOT_LIMITS.bytesMax) return;
  throw new RangeError(`A snapshot of ${snapshot.data.length} bytes is above ${SNAPSHOT_LIMITS.bytesMax}`);
}
