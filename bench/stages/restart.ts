import { figureOf, timed } from '../figure.js';
import type { Stage } from '../stage.js';
import { makeDirectory, removeDirectory } from '../system/service.js';
import { World } from '../system/world.js';

/** From the start of the process to the first append to the largest account, beside the same with nothing to know. */
export const restart: Stage = {
  name: 'restart',
  description: 'restart with identities in the window to the first append, beside one without usage',
  async run({ world, coldSpreadRate }) {
    await coldSpreadRate();
    const value = await startToFirstAppend(world, 'org-');
    return [
      figureOf({
        stage: this.name,
        figure: 'start to first append, largest account',
        value,
        unit: 'ms',
        baseline: 'the same on an account of one event',
        baselineValue: await onNearlyNothing(),
        better: 'lower',
      }),
    ];
  },
};

async function onNearlyNothing(): Promise<number> {
  const dataDir = await makeDirectory();
  try {
    const world = await World.start({ dataDir });
    try {
      await sendOne(world, { name: 'only', organisationPrefix: 'only-' });
      const ms = await startToFirstAppend(world, 'only-');
      await world.checkTotals();
      return ms;
    } finally {
      await world.end();
    }
  } finally {
    await removeDirectory(dataDir);
  }
}

async function startToFirstAppend(world: World, organisationPrefix: string): Promise<number> {
  await world.end();
  return timed(async () => {
    await world.startAgain();
    await sendOne(world, { name: `after-${organisationPrefix}`, organisationPrefix });
  });
}

async function sendOne(world: World, load: { name: string; organisationPrefix: string }): Promise<void> {
  await world.publish(world.load({ ...load, events: 1, organisations: 1 }).deliveries);
  await world.api.drained();
}
