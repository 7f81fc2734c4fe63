import type { Figure } from './figure.js';
import type { Sizes } from './sizes.js';
import type { Run, Stage } from './stage.js';
import type { KafkaEnv } from './system/kafka-env.js';
import { makeDirectory, removeDirectory } from './system/service.js';
import { World } from './system/world.js';

export interface RunOptions {
  readonly sizes: Sizes;
  readonly profileDir: string | undefined;
  /** Each part of the service in a process of its own, on that Kafka; without it all are in one on its own feed. */
  readonly separateOn: KafkaEnv | undefined;
  readonly onStage: (stage: Stage) => void;
}

/** Runs the stages on one fresh service; the totals of all accounts are compared after each. @throws {WrongTotal} */
export async function runStages(
  stages: readonly Stage[],
  { sizes, profileDir, separateOn, onStage }: RunOptions,
): Promise<readonly Figure[]> {
  const dataDir = await makeDirectory();
  try {
    const world = await World.start(
      separateOn === undefined ? { dataDir, profileDir } : { dataDir, profileDir, env: separateOn, isSeparate: true },
    );
    try {
      const run = { sizes, world, ...spreadOf(world, sizes) };
      const figures: Figure[] = [];
      for (const stage of stages) {
        onStage(stage);
        figures.push(...(await stage.run(run)));
        await world.checkTotals();
      }
      return figures;
    } finally {
      await world.end();
    }
  } finally {
    await removeDirectory(dataDir);
  }
}

/** Each load over all organisations is sent once, whichever stage asks first. */
function spreadOf(world: World, { events, organisations }: Sizes): Pick<Run, 'coldSpreadRate' | 'spreadRate'> {
  const load = { events, organisationPrefix: 'org-', organisations };
  let cold: Promise<number> | undefined;
  let steady: Promise<number> | undefined;
  const coldSpreadRate = (): Promise<number> => (cold ??= world.rateOf({ ...load, name: 'cold' }));
  const sendSteady = async (): Promise<number> => {
    await coldSpreadRate();
    return world.rateOf({ ...load, name: 'spread' });
  };
  return { coldSpreadRate, spreadRate: () => (steady ??= sendSteady()) };
}
