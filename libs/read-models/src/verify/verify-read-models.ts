import type { EventStore, GlobalPosition } from '@app/event-store';
import type { PoolClient } from 'pg';
import { LANES, type Generation, type LaneName } from '../generations/generation.js';
import type { Generations } from '../generations/generations.js';
import { LIVE_GENERATIONS, toGenerations } from '../generations/generation.js';
import { READ_MODEL_LIMITS, type WindowLimits } from '../limits.js';
import { createRunner } from '../lanes/projections.js';
import { compareRows, type Difference } from './compare-rows.js';
import { streamRows, type ComparedRow } from './row-stream.js';
import { SEGMENT_FIELDS, segmentRows } from './segment-rows.js';
import { TABLE_CHECKS } from './table-checks.js';

export interface VerifyOptions {
  readonly generations: Generations;
  readonly store: EventStore;
  readonly lanes?: readonly LaneName[];
  readonly limits?: Partial<WindowLimits>;
  readonly onProgress?: (lane: LaneName, position: GlobalPosition) => void;
}

export interface LaneVerification {
  readonly lane: LaneName;
  /** Where live and recomputed content were compared. */
  readonly position: GlobalPosition;
  /** At most `differencesMax`. */
  readonly differences: readonly Difference[];
  readonly hasMore: boolean;
}

/** A snapshot that holds no lock may wait for as long as the recomputation takes. */
const BEGIN = 'begin isolation level repeatable read read only; set local idle_in_transaction_session_timeout = 0';

/**
 * Recomputes the read models from the streams in a generation of their own, and compares it with the live one as one
 * snapshot of the database sees it. Live projectors and readers go on; the recomputed generation is dropped again.
 */
export async function verifyReadModels(options: VerifyOptions): Promise<readonly LaneVerification[]> {
  const results: LaneVerification[] = [];
  for (const lane of options.lanes ?? LANES) results.push(await verifyLane(lane, options));
  return results;
}

async function verifyLane(lane: LaneName, options: VerifyOptions): Promise<LaneVerification> {
  const { generations, store, limits, onProgress } = options;
  const scratch = await generations.create(lane);
  const parts = { generations, store, generation: scratch, lease: null };
  const runner = createRunner(limits === undefined ? parts : { ...parts, limits });
  const project = async (until: GlobalPosition): Promise<void> => {
    while (runner.checkpoint.position.commit < until.commit) {
      const { isEnd } = await runner.runWindow(until);
      await runner.settle();
      onProgress?.(lane, runner.checkpoint.position);
      // A live checkpoint beyond the store's end: the comparison shows what is too much.
      if (isEnd && runner.checkpoint.position.commit < until.commit) return;
    }
  };
  const live = await generations.pool.connect();
  const recomputed = await generations.pool.connect();
  try {
    // Nearly all of it before the snapshot is taken, so that the snapshot is short.
    const before = await generations.live(lane);
    if (before !== undefined) await project(before.checkpoint.position);
    await live.query(BEGIN);
    const generation = await liveIn(live, lane);
    await project(generation.checkpoint.position);
    await recomputed.query(BEGIN);
    const compared = await compareLane(lane, { client: live, generation }, { client: recomputed, generation: scratch });
    return { lane, position: generation.checkpoint.position, ...compared };
  } finally {
    await live.query('rollback').catch(() => undefined);
    await recomputed.query('rollback').catch(() => undefined);
    live.release();
    recomputed.release();
    await generations.retire(generations.pool, scratch);
    await generations.dropRetired(0, scratch);
  }
}

async function liveIn(client: PoolClient, lane: LaneName): Promise<Generation> {
  const { rows } = await client.query(LIVE_GENERATIONS);
  const generation = toGenerations(rows).find((live) => live.lane === lane);
  if (generation === undefined) throw new Error(`lane ${lane} has no live generation`);
  return generation;
}

interface Side {
  readonly client: PoolClient;
  readonly generation: Generation;
}

async function compareLane(
  lane: LaneName,
  stored: Side,
  recomputed: Side,
): Promise<{ differences: Difference[]; hasMore: boolean }> {
  const differences: Difference[] = [];
  const found = { hasMore: false };
  const note = (difference: Difference): boolean => {
    found.hasMore = differences.length === READ_MODEL_LIMITS.differencesMax;
    if (!found.hasMore) differences.push(difference);
    return !found.hasMore;
  };
  for (const check of TABLE_CHECKS) {
    if (check.lane !== lane || found.hasMore) continue;
    const rows = ({ client, generation }: Side): AsyncGenerator<ComparedRow> =>
      streamRows<ComparedRow>(client, check.select.replaceAll('{schema}', generation.schema));
    await compareRows(check, rows(stored), rows(recomputed), note);
  }
  if (lane === 'usage' && !found.hasMore) {
    const check = { lane, table: 'usage_segments', keys: ['organisation', 'day'], fields: SEGMENT_FIELDS };
    const rows = ({ client, generation }: Side): AsyncGenerator<ComparedRow> => segmentRows(client, generation.schema);
    await compareRows(check, rows(stored), rows(recomputed), note);
  }
  return { differences, hasMore: found.hasMore };
}
