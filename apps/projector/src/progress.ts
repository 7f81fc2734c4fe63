import type { EventStore } from '@app/event-store';
import { Queries, type LaneName, type ReadModels } from '@app/read-models';

/** How a lane stands, as of the last look. */
export interface LaneProgress {
  readonly lane: LaneName;
  readonly position: bigint;
  /** Events after the checkpoint. */
  readonly behind: number;
  /** Since when (monotonic milliseconds) events have been waiting while nothing moved; null when that is not so. */
  readonly stalledSinceMs: number | null;
}

interface Seen extends LaneProgress {
  readonly movedMs: number;
}

/** Watches checkpoints from outside the lanes: whoever moves them, this process or another. */
export class Progress {
  readonly #seen = new Map<LaneName, Seen>();
  #isReachable = true;

  readonly #queries: Queries;

  constructor(
    private readonly parts: {
      readonly store: EventStore;
      readonly models: ReadModels;
      readonly hasDensePositions: boolean;
    },
  ) {
    this.#queries = new Queries(parts);
  }

  get lanes(): readonly LaneProgress[] {
    return [...this.#seen.values()];
  }

  /** False while the store or the database does not answer: then nobody knows whether work waits. */
  get isReachable(): boolean {
    return this.#isReachable;
  }

  /** The longest time that a lane has been standing still with events waiting. */
  stalledMs(nowMs: number): number {
    return Math.max(
      0,
      ...this.lanes.map(({ stalledSinceMs }) => (stalledSinceMs === null ? 0 : nowMs - stalledSinceMs)),
    );
  }

  async look(nowMs: number): Promise<void> {
    try {
      for (const { name: lane, position, behind } of await this.#queries.lag()) {
        const movedMs = await this.parts.models.generations.lastMovedMs(lane);
        this.#note({ lane, position: BigInt(position), behind, movedMs }, nowMs);
      }
      this.#isReachable = true;
    } catch {
      this.#isReachable = false;
      this.#seen.clear();
    }
  }

  #note(now: Omit<Seen, 'stalledSinceMs'>, nowMs: number): void {
    const before = this.#seen.get(now.lane);
    const isStill = before !== undefined && before.behind > 0 && now.behind > 0 && before.movedMs === now.movedMs;
    this.#seen.set(now.lane, { ...now, stalledSinceMs: isStill ? (before.stalledSinceMs ?? nowMs) : null });
  }
}
