import { perSecond, timed, type Figure } from './figure.js';
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
      const run = { sizes: options.sizes, world, ...spreadOf(world, options.sizes) };
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
function spreadOf(world: World, { events, organisations }: Sizes): Pick<Run, 'spreadRate' | 'spreadTexts'> {
  const send = async (): Promise<{ readonly rate: number; readonly texts: readonly string[] }> => {
    const { deliveries } = world.load({ name: 'spread', events, organisationPrefix: 'org-', organisations });
    const ms = await timed(async () => {
      await world.publish(deliveries);
      await world.api.drained();
    });
    return { rate: perSecond(deliveries.length, ms), texts: deliveries.map(({ text }) => text) };
  };
  let sent: ReturnType<typeof send> | undefined;
  const once = (): ReturnType<typeof send> => (sent ??= send());
  return { spreadRate: async () => (await once()).rate, spreadTexts: async () => (await once()).texts };
}
