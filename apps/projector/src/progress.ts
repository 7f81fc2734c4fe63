import type { EventStore } from '@app/event-store';
import { LANES, type LaneName, type ReadModels } from '@app/read-models';

/** How a lane stands, as of the last look. */
export interface LaneProgress {
  readonly lane: LaneName;
  readonly position: bigint;
  /** Positions after the checkpoint. */
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

  constructor(
    private readonly store: EventStore,
    private readonly models: ReadModels,
  ) {}

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
      const head = await this.store.head();
      const live = await this.models.generations.allLive();
      for (const lane of LANES) {
        const position = live.find((generation) => generation.lane === lane)?.checkpoint.position.commit ?? 0n;
        const behind = Math.max(0, Number(head.commit - position));
        this.#note({ lane, position, behind, movedMs: await this.models.generations.lastMovedMs(lane) }, nowMs);
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
