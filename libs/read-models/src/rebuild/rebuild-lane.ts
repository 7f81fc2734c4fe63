import type { EventStore, GlobalPosition } from '@app/event-store';
import { withTransaction } from '@app/postgres';
import { LANES, type Generation, type LaneName } from '../generations/generation.js';
import type { Generations } from '../generations/generations.js';
import { READ_MODEL_LIMITS, type WindowLimits } from '../limits.js';
import { createRunner, type AnyLaneRunner } from '../lanes/projections.js';

export interface RebuildOptions {
  readonly generations: Generations;
  readonly store: EventStore;
  readonly lane: LaneName;
  readonly limits?: Partial<WindowLimits>;
  /** Called after every window with how far the new generation is. */
  readonly onProgress?: (lane: LaneName, position: GlobalPosition) => void;
}

/**
 * Builds a lane beside the live one and switches all readers to it at once, in one transaction. The live one goes on
 * meanwhile; it is held still only while the new one catches up with its last events.
 */
export async function rebuildLane(options: RebuildOptions): Promise<Generation> {
  const { generations, store, lane, limits } = options;
  const fresh = await generations.create(lane);
  const parts = { generations, store, generation: fresh, lease: null };
  const runner = createRunner(limits === undefined ? parts : { ...parts, limits });
  try {
    for (let attempt = 0; attempt < READ_MODEL_LIMITS.switchAttemptsMax; attempt++) {
      await runReporting(runner, options);
      if (await trySwitch(runner, options, fresh)) return fresh;
    }
  } catch (error) {
    await generations.retire(generations.pool, fresh).catch(() => undefined);
    throw error;
  }
  await generations.retire(generations.pool, fresh);
  throw new Error(`lane ${lane} moved on faster than it could be rebuilt`);
}

/** As `rebuildLane`, for both lanes or some. */
export async function rebuildReadModels(
  options: Omit<RebuildOptions, 'lane'> & { readonly lanes?: readonly LaneName[] },
): Promise<readonly Generation[]> {
  const built: Generation[] = [];
  for (const lane of options.lanes ?? LANES) built.push(await rebuildLane({ ...options, lane }));
  return built;
}

async function runReporting(runner: AnyLaneRunner, { lane, onProgress }: RebuildOptions): Promise<void> {
  for (;;) {
    const { isEnd } = await runner.runWindow();
    onProgress?.(lane, runner.checkpoint.position);
    if (isEnd) return;
  }
}

/** False when the live generation is too far ahead to hold it still until the new one is there. */
async function trySwitch(runner: AnyLaneRunner, options: RebuildOptions, fresh: Generation): Promise<boolean> {
  const { generations, store, lane } = options;
  return withTransaction(generations.pool, async (client) => {
    // It says nothing while windows are written by others, of which one may take its time.
    await client.query(`set local idle_in_transaction_session_timeout = ${READ_MODEL_LIMITS.switchIdleMs}`);
    const live = await generations.lockLive(client, lane);
    const deadline = Date.now() + READ_MODEL_LIMITS.switchCatchUpMs;
    const head = await store.head();
    // A live checkpoint beyond the store's head is of a history that the store has lost.
    const target =
      live === undefined || live.checkpoint.position.commit > head.commit ? head : live.checkpoint.position;
    while (runner.checkpoint.position.commit < target.commit) {
      if (Date.now() > deadline) return false;
      await runner.runWindow(target);
      await runner.settle();
    }
    await generations.switchTo(client, fresh);
    return true;
  });
}
