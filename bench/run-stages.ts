import type { Figure } from './figure.js';
import type { Sizes } from './sizes.js';
import type { Run, Stage } from './stage.js';
import { makeDirectory, removeDirectory } from './system/standalone-process.js';
import { World } from './system/world.js';

export interface RunOptions {
  readonly sizes: Sizes;
  readonly profileDir: string | undefined;
  readonly onStage: (stage: Stage) => void;
}

/** Runs the stages on one fresh standalone; the totals of all accounts are compared after each. @throws {WrongTotal} */
export async function runStages(stages: readonly Stage[], options: RunOptions): Promise<readonly Figure[]> {
  const dataDir = await makeDirectory();
  try {
    const world = await World.start({ dataDir, profileDir: options.profileDir });
    try {
      const run = { sizes: options.sizes, world, spreadRate: spreadOf(world, options.sizes) };
      const figures: Figure[] = [];
      for (const stage of stages) {
        options.onStage(stage);
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

/** The load over all organisations is sent once, whichever stage asks first. */
function spreadOf(world: World, { events, organisations }: Sizes): Run['spreadRate'] {
  let sent: Promise<number> | undefined;
  return () => (sent ??= world.rateOf({ name: 'spread', events, organisationPrefix: 'org-', organisations }));
}
