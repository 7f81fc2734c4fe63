import type { SnapshotStore, StreamSnapshot } from '@app/event-store';

/** Something did not work that costs time and changes no result; `stream` says where. */
export type OnWarning = (message: string, error: unknown, stream?: string) => void;

/** Saves snapshots one after the other, beside the appends: nobody waits for it, and failing costs time only. */
export class SnapshotSaver {
  readonly #waiting = new Map<string, StreamSnapshot>();
  #running: Promise<void> | undefined;

  constructor(
    private readonly store: SnapshotStore,
    private readonly waitingMax: number,
    private readonly onWarning: OnWarning,
  ) {}

  /** True when another snapshot may be queued. */
  get hasRoom(): boolean {
    return this.#waiting.size < this.waitingMax;
  }

  /** Queues a snapshot; a newer one of the same stream takes its place. */
  save(snapshot: StreamSnapshot): void {
    this.#waiting.set(snapshot.stream, snapshot);
    this.#running ??= this.#run();
  }

  /** Resolves when nothing is waiting any more. */
  async drained(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    for (const [stream, snapshot] of this.#waiting) {
      this.#waiting.delete(stream);
      try {
        await this.store.save(snapshot);
      } catch (error) {
        this.onWarning('A snapshot was not saved', error, stream);
      }
    }
    this.#running = undefined;
  }
}
