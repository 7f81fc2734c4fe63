import { assertSnapshotSize, type SnapshotStore, type StreamSnapshot } from './snapshot-store.js';

/** Snapshots in memory, for tests and simulations. Bytes are copied on the way in and out, as a real store has it. */
export class MemorySnapshotStore implements SnapshotStore {
  readonly #snapshots = new Map<string, StreamSnapshot>();

  load(stream: string): Promise<StreamSnapshot | undefined> {
    const snapshot = this.#snapshots.get(stream);
    return Promise.resolve(snapshot && { ...snapshot, data: snapshot.data.slice() });
  }

  async save(snapshot: StreamSnapshot): Promise<void> {
    assertSnapshotSize(snapshot);
    this.#snapshots.set(snapshot.stream, { ...snapshot, data: snapshot.data.slice() });
    return Promise.resolve();
  }

  remove(stream: string): Promise<void> {
    this.#snapshots.delete(stream);
    return Promise.resolve();
  }
}
