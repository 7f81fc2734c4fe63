import { NewerEventVersion } from '@app/accounts';
import type { EventStore } from '@app/event-store';
import { LeaseLost } from '@app/postgres';
import { setTimeout as sleep } from 'node:timers/promises';
import { HistoryDiffers, StaleProjector } from '../errors.js';
import { PROJECTION_VERSIONS, type Generation, type LaneName } from '../generations/generation.js';
import type { Generations } from '../generations/generations.js';
import { LINGER, READ_MODEL_LIMITS, type WindowLimits } from '../limits.js';
import { rebuildLane } from '../rebuild/rebuild-lane.js';
import { SegmentCompactor } from '../usage-lane/segment-compactor.js';
import type { EventSource } from './event-source.js';
import { HeldLease } from './held-lease.js';
import { createRunner, type AnyLaneRunner } from './projections.js';

/** What happens in a lane, for logs and metrics. Called often: must not throw. */
export interface LaneListener {
  readonly onWindow?: (lane: LaneName, events: number) => void;
  readonly onError?: (lane: LaneName, error: unknown) => void;
  /** The lane's rows are of another history, or of another version of the program, and are built anew. */
  readonly onRebuild?: (lane: LaneName, reason: string) => void;
}

export interface LaneWorkerOptions {
  readonly lane: LaneName;
  readonly generations: Generations;
  readonly store: EventStore;
  readonly listener?: LaneListener;
  readonly limits?: Partial<WindowLimits>;
  /** Reads `store` for several workers of one process; without it this one reads for itself. */
  readonly source?: EventSource;
}

/**
 * Keeps one lane up to date for as long as it runs. Any number may run; one holds the lease.
 *
 *   resolve live ─▶ lease? ──no──▶ wait ─▶ resolve live
 *                     │ yes
 *                     ▼
 *               verify anchor ──differs──▶ discard, resolve live
 *                     │
 *                     ▼
 *       project windows, wait at the end ──stale, retired, lease lost──▶ resolve live
 */
export class LaneWorker {
  #isStopped = false;
  #isLeading = false;
  #running: Promise<void> | undefined;
  readonly #wake = new AbortController();
  #fatal: Error | undefined;

  constructor(private readonly options: LaneWorkerOptions) {}

  start(): void {
    this.#running ??= this.#loop();
  }

  /** Finishes the window under way and lets another worker take over. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake.abort();
    await this.#running;
  }

  /** True while this worker holds the lane's lease. */
  get isLeading(): boolean {
    return this.#isLeading;
  }

  /** Why the worker has given up: an event of a newer version of the program. */
  get fatal(): Error | undefined {
    return this.#fatal;
  }

  async #loop(): Promise<void> {
    let failures = 0;
    while (!this.#isStopped && this.#fatal === undefined) {
      try {
        await this.#leadOnce();
        failures = 0;
      } catch (error) {
        if (error instanceof StaleProjector || error instanceof LeaseLost) continue;
        this.options.listener?.onError?.(this.options.lane, error);
        if (error instanceof NewerEventVersion) this.#fatal = error;
        else await this.#pause(Math.min(READ_MODEL_LIMITS.retryMaxMs, READ_MODEL_LIMITS.retryMinMs * 2 ** failures++));
      }
    }
  }

  async #leadOnce(): Promise<void> {
    const { generations, lane } = this.options;
    const live = await generations.live(lane);
    if (live === undefined) throw new Error(`lane ${lane} has no live generation`);
    const held = await HeldLease.acquire(generations.pool, live);
    if (held === undefined) {
      await this.#pause(READ_MODEL_LIMITS.leaseRetryMs);
      return;
    }
    this.#isLeading = true;
    try {
      await this.#lead(live, held);
    } finally {
      this.#isLeading = false;
      await held.release();
    }
  }

  async #lead(live: Generation, held: HeldLease): Promise<void> {
    const { generations, store, source, lane, limits, listener } = this.options;
    if (live.projectionVersion !== PROJECTION_VERSIONS[lane]) {
      listener?.onRebuild?.(lane, 'the rows are of another version of the program');
      await rebuildLane({ generations, store, lane, ...(limits === undefined ? {} : { limits }) });
      return;
    }
    // Read again under the lease: the last holder may have committed in between.
    const generation = (await generations.read(lane, live.generation)) ?? live;
    const parts = { generations, store, generation, lease: held.lease, linger: LINGER[lane] };
    const runner = createRunner({
      ...parts,
      ...(limits === undefined ? {} : { limits }),
      ...(source === undefined ? {} : { source }),
    });
    try {
      await generations.dropRetired();
      await runner.verifyAnchor();
      await this.#follow(runner, generation, held);
    } catch (error) {
      if (!(error instanceof HistoryDiffers)) throw error;
      listener?.onRebuild?.(lane, error.message);
      await generations.discard(generation);
    }
  }

  async #follow(runner: AnyLaneRunner, generation: Generation, held: HeldLease): Promise<void> {
    const { generations, store, lane, listener } = this.options;
    const compactor =
      lane === 'usage' ? new SegmentCompactor(generations.pool, generation.schema, held.lease) : undefined;
    while (!this.#isStopped) {
      const { events, isEnd } = await runner.runWindow();
      if (events > 0) listener?.onWindow?.(lane, events);
      await this.#compact(compactor, !isEnd);
      if (!isEnd) continue;
      const { position } = runner.checkpoint;
      const waited = Date.now();
      // A stop waits for this too: a second at most.
      await store.waitForAppend(position, READ_MODEL_LIMITS.idleWaitMs);
      // Nothing came: look whether the store and the generation are still the ones that were projected.
      if (Date.now() - waited >= READ_MODEL_LIMITS.idleWaitMs) await this.#look(runner, generation);
    }
    await runner.settle();
  }

  /** A segment that cannot be merged is what `verifyReadModels` names; it stops nobody's projection. */
  async #compact(compactor: SegmentCompactor | undefined, isBusy: boolean): Promise<void> {
    try {
      await compactor?.compactWhenDue({ isBusy });
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      this.options.listener?.onError?.(this.options.lane, error);
    }
  }

  async #look(runner: AnyLaneRunner, { lane, generation }: Generation): Promise<void> {
    await runner.verifyAnchor();
    const stored = await this.options.generations.read(lane, generation);
    if (stored?.state !== 'live') throw new StaleProjector(`generation ${generation} of ${lane} is not live any more`);
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#wake.signal }).catch(() => undefined);
  }
}
