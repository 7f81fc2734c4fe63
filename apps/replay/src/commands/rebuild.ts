import { LANES, ReadModels, rebuildLane } from '@app/read-models';
import type { OpenStreams } from '../open-streams.js';

/** A lane that was built anew, and up to which position. */
export interface RebuiltLane {
  readonly lane: string;
  readonly generation: number;
  readonly position: string;
  readonly durationMs: number;
}

/**
 * Builds both lanes of the read models beside the live ones and switches to each at once. Killed in between, the live
 * ones stay as they were; the next rebuild begins anew, and what was left behind is cleared away after a while.
 */
export async function rebuild(
  { url, store }: OpenStreams,
  onProgress: (lane: string, position: bigint) => void,
): Promise<readonly RebuiltLane[]> {
  const models = await ReadModels.connect({ url, name: 'replay' });
  try {
    const rebuilt: RebuiltLane[] = [];
    for (const lane of LANES) {
      const startedMs = Date.now();
      let last = 0n;
      const { generation } = await rebuildLane({
        generations: models.generations,
        store,
        lane,
        onProgress: (_lane, position) => {
          last = position.commit;
          onProgress(lane, position.commit);
        },
      });
      rebuilt.push({ lane, generation, position: String(last), durationMs: Date.now() - startedMs });
    }
    await models.generations.dropRetired();
    return rebuilt;
  } finally {
    await models.close();
  }
}
